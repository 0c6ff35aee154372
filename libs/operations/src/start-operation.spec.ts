import { describe, expect, it } from '@jest/globals';
import { operationHref } from './start-operation.js';

describe('operationHref', () => {
  it.each([
    ['https://host/v2', false, 'https://host/v2/operations/ab'], ['https://host/v1', false, 'https://host/v1/operations/ab'],
    ['https://host/v2/partitions/a', true, 'https://host/v2/operations/ab'], ['https://host/partitions/x/v2/partitions/a', true, 'https://host/partitions/x/v2/operations/ab'],
  ])('given %s, then %s', (baseUrl, partitionInPath, href) => {
    expect(operationHref({ baseUrl, partitionInPath }, 'ab')).toBe(href);
  });
});
