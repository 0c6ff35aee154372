import { expect, it } from '@jest/globals';
import { assertObjectKey } from './object-key.js';
import { beforeSegmentsFrom, parseSegmentKey, segmentKey, SEGMENTS_PREFIX } from './journal-key.js';

it('given a range, then its key says it, and keys are in the order of the ranges', () => {
  const ranges = [{ first: 1, last: 9 }, { first: 10, last: 10 }, { first: 11, last: 999_999_999_999_999 }];
  const keys = ranges.map(segmentKey);
  expect(keys.map(parseSegmentKey)).toEqual(ranges);
  expect([...keys].sort()).toEqual(keys);
  for (const key of keys) expect(() => assertObjectKey(key)).not.toThrow();
  expect(keys.every((key) => key.startsWith(SEGMENTS_PREFIX))).toBe(true);
  expect(keys.filter((key) => key > beforeSegmentsFrom(10))).toEqual(keys.slice(1));
  expect(parseSegmentKey('journal/1.2/1.3/1.4_7.dcm')).toBeUndefined();
});
