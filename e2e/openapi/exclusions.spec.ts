import { makeApiDocument } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { readNamedTests } from '../conformance/named-tests.js';
import { exclusions } from './exclusions.js';

describe('what Schemathesis does not ask', () => {
  it.each(exclusions)('given $operationId, then it is in the document, and each test that stands in for it is there', ({ operationId, tests }) => {
    const known = Object.values(makeApiDocument('azure-v2').paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId));
    expect(known).toContain(operationId);
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((name) => !readNamedTests().has(name))).toEqual([]);
  });
});
