"""Reads YAML documents from stdin and prints JSON: {"documents": [...], "faults": ["..."]}.

check.py                      the documents only
check.py kubernetes VERSION…  and checks them against the schemas of these versions of Kubernetes, unknown fields refused
check.py schema FILE          and checks them against a JSON schema
"""
import json
import sys

import jsonschema
import yaml


def kubernetes_faults(documents, versions):
    import kubernetes_validate
    for document in documents:
        # Definitions of operators are in no release of Kubernetes.
        if "monitoring.coreos.com" in document["apiVersion"]:
            continue
        for version in versions:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
                path = ".".join(str(part) for part in getattr(error, "path", []))
                yield f'{document["kind"]} {document["metadata"]["name"]}, Kubernetes {version}: {path} {error.message}'


def schema_faults(documents, file):
    with open(file) as stream:
        schema = json.load(stream)
    validator = jsonschema.validators.validator_for(schema)(schema)
    for document in documents:
        for error in validator.iter_errors(document):
            yield f'{".".join(str(part) for part in error.path)}: {error.message}'


documents = [document for document in yaml.safe_load_all(sys.stdin.read()) if document]
kind, arguments = (sys.argv[1:2] or ["none"])[0], sys.argv[2:]
faults = {"none": lambda: [], "kubernetes": lambda: kubernetes_faults(documents, arguments), "schema": lambda: schema_faults(documents, arguments[0])}[kind]()
json.dump({"documents": documents, "faults": list(faults)}, sys.stdout)
