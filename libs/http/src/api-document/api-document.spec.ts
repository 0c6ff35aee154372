import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Dialect } from '../dialect/dialect.js';
import { routes } from '../routes.js';
import { descriptions, keyOfRoute } from './describe-routes.js';
import { makeApiDocument, type Operation } from './make-document.js';
import { writeYaml } from './write-yaml.js';

const dialects: readonly Dialect[] = ['azure-v2', 'azure-v1', 'dicom-web'];

const operationsOf = (dialect: Dialect): [string, Operation][] =>
  Object.entries(makeApiDocument(dialect).paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]));

const inDocument = (method: string, path: string): string => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}').replace('*', '{path}')}`;

const expectedOf = (dialect: Dialect): string[] =>
  routes.filter((route) => route.dialects.includes(dialect))
    .flatMap(({ method, path, partitioned }) => [inDocument(method, path), ...(partitioned ? [inDocument(method, `/partitions/:partition${path}`)] : [])]);

describe('the descriptions of the route table', () => {
  it.each(routes.map(keyOfRoute))('given the route %s, then it has a description', (key) => {
    if (descriptions[key]) return;
    throw new Error(`The route '${key}' has no description. Add one under the key '${key}' to the file of its transaction in libs/http/src/api-document/descriptions/ (a new file is spread into descriptions in describe-routes.ts): id, group, summary, parameters, answers, errors.`);
  });

  it('given the descriptions, then each is of a route', () => {
    const known = new Set(routes.map(keyOfRoute));
    expect(Object.keys(descriptions).filter((key) => !known.has(key))).toEqual([]);
  });
});

describe.each(dialects)('the OpenAPI document of %s', (dialect) => {
  const document = makeApiDocument(dialect);
  const operations = operationsOf(dialect);

  it('given the route table, then the document has the same operations, also below a partition, and no other', () => {
    expect(operations.map(([name]) => name).sort()).toEqual(expectedOf(dialect).sort());
  });

  it('given an operation, then its permission is that of the table', () => {
    const permissions = new Map(routes.flatMap(({ method, path, permission }) => [[inDocument(method, path), permission], [inDocument(method, `/partitions/:partition${path}`), permission]]));
    for (const [name, { security }] of operations) expect([name, security]).toEqual([name, [{ apiKey: [permissions.get(name)] }]]);
  });

  it('given an operation, then it names every parameter of its path, its success and what all may answer', () => {
    for (const [name, { parameters = [], responses }] of operations) {
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter!);
      expect([name, parameters.filter((one) => one.in === 'path').map((one) => one.name).sort()]).toEqual([name, inPath.sort()]);
      expect([name, Object.keys(responses).filter((status) => Number(status) < 300).length > 0]).toEqual([name, true]);
      expect([name, Object.keys(responses)]).toEqual([name, expect.arrayContaining(['400', '401', '403', '414', '503'])]);
    }
  });

  it('given the operations, then their ids differ, and every reference leads somewhere', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(schemas|responses)\/(\w+)"/g)] as unknown as [string, 'schemas' | 'responses', string][];
    expect(references.filter(([, kind, name]) => !(name in document.components[kind]))).toEqual([]);
  });

  it('given the document as YAML, then a validator of OpenAPI 3.1 finds nothing', async () => {
    const validator = new Validator();
    const result = await validator.validate(writeYaml(document));
    expect([result.errors, result.valid, validator.version]).toEqual([undefined, true, '3.1']);
    // Read back it is what was written.
    expect(validator.specification).toEqual(JSON.parse(JSON.stringify(document)));
  });
});

describe('the validator', () => {
  it('given a document that is none, then it says so', async () => {
    const document = makeApiDocument('azure-v2');
    expect((await new Validator().validate({ ...document, paths: { '/studies': { get: { responses: 'none' } } } })).valid).toBe(false);
  });
});
