import { describe, expect, it } from '@jest/globals';
import { matchesETag, strongETag } from './etag.js';

describe('strongETag', () => {
  it('given a version, then it is quoted, without characters that a tag cannot hold', () => {
    expect([strongETag('0190-ab'), strongETag('a"b\r\nc')]).toEqual(['"0190-ab"', '"a_b__c"']);
  });
});

describe('matchesETag', () => {
  it.each([
    ['"a"', true], ['W/"a"', true], ['"b", "a"', true], ['"b",W/"a"', true], ['*', true], [' * ', true], ['"x,y", "a"', true],
    [undefined, false], ['', false], ['"b"', false], ['a', false], ['"A"', false], ['"b, a"', false],
  ])('given If-None-Match %s, then the version "a" matches: %s', (header, matches) => {
    expect(matchesETag(header, '"a"')).toBe(matches);
  });
});
