"""What Schemathesis cannot know of an archive: bodies of DICOM, and resources that exist.

ISOCENTER_STORED names a JSON file, see run-schemathesis.ts: `file`, the bytes of an instance in base64, and `paths`, the path
parameters of what is stored."""
import base64
import json
import os

import schemathesis
from hypothesis import strategies as st

with open(os.environ["ISOCENTER_STORED"], encoding="utf-8") as stored:
    known = json.load(stored)
FILE = base64.b64decode(known["file"])
PATHS = known["paths"]
BOUNDARY = "isocenter-openapi"


def multipart(*files):
    parts = [f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode() + one + b"\r\n" for one in files]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


DICOM = "application/dicom"
RELATED = 'multipart/related; type="application/dicom"'
schemathesis.openapi.media_type(DICOM, st.one_of(st.just(FILE), st.binary(max_size=400), st.integers(0, len(FILE)).map(lambda end: FILE[:end])))
schemathesis.openapi.media_type(RELATED, st.one_of(st.just(multipart(FILE)), st.just(multipart()), st.binary(max_size=400).map(multipart), st.binary(max_size=400)))


@schemathesis.serializer(DICOM, RELATED, "multipart/related")
def as_they_are(_context, value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


calls = 0


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Every other valid read is one of what exists; a multipart body says its boundary."""
    global calls
    calls += 1
    if case.media_type == RELATED:
        case.headers["Content-Type"] = f"{RELATED}; boundary={BOUNDARY}"
    valid = case.meta is not None and case.meta.generation.mode.value == "positive"
    if valid and case.method == "GET" and case.path_parameters and calls % 2 == 0:
        for name in case.path_parameters:
            case.path_parameters[name] = PATHS.get(name, case.path_parameters[name])
