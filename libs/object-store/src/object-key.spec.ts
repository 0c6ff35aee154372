import { describe, expect, it } from '@jest/globals';
import { assertObjectKey, encodeSegment, instanceKey, instancePrefix, parseInstanceKey } from './object-key.js';

describe('a segment of a key', () => {
  it.each([
    ['1.2.840.10008.1', '1.2.840.10008.1'],
    ['Microsoft.Default', '%4dicrosoft.%44efault'],
    ['.', '%2e'], ['..', '%2e%2e'], ['a..b', 'a..b'], ['.a.', '%2ea%2e'],
    ['', '%'], ['%41', '%2541'], ['a/b', 'a%2fb'], ['ä', '%c3%a4'], ['a_b-c', 'a_b-c'],
  ])('of %j is %j', (text, segment) => {
    expect(encodeSegment(text)).toBe(segment);
    expect(() => assertObjectKey(segment)).not.toThrow();
  });

  it('stays below the 255 bytes of a file name with what stands behind it', () => {
    for (const text of ['x'.repeat(64), 'X'.repeat(64), 'x'.repeat(1000), '\u{1f600}'.repeat(60)]) {
      const segment = encodeSegment(text);
      expect(segment.length).toBeLessThanOrEqual(200);
      expect(() => assertObjectKey(segment)).not.toThrow();
    }
    expect(encodeSegment('x'.repeat(201))).not.toBe(encodeSegment('x'.repeat(202)));
  });

  it('never differs by letter case alone', () => {
    const texts = ['ab', 'aB', 'Ab', 'AB', '%61', '%41', 'x'.repeat(300), 'X'.repeat(300)];
    expect(new Set(texts.map((text) => encodeSegment(text).toLowerCase())).size).toBe(texts.length);
  });
});

it('the key of an instance names it and its version', () => {
  const instance = { partition: 'p', studyInstanceUid: '1.2', seriesInstanceUid: '1.3', sopInstanceUid: '1.4' };
  expect(instanceKey(instance, '0193')).toBe('p/1.2/1.3/1.4_0193.dcm');
});

describe('the version that a key names', () => {
  it.each([
    { partition: 'Microsoft.Default', studyInstanceUid: '1.2', seriesInstanceUid: '1.3', sopInstanceUid: '1.4', version: '0193a-b' },
    { partition: 'p_q.', studyInstanceUid: 'A_b', seriesInstanceUid: '..', sopInstanceUid: 'X'.repeat(64), version: '7' },
  ])('is the one that it was made for: %j', (of) => {
    expect(parseInstanceKey(instanceKey(of, of.version))).toEqual(of);
    for (const ending of ['metadata', 'frames']) expect(parseInstanceKey(`${instancePrefix(of, of.version)}.${ending}`)).toEqual(of);
  });

  it.each(['journal/0000000000000001-0000000000000002.ndjson', 'p/1.2/1.3/1.4.dcm', 'p/1.2/1.3/1.4_7.zip', 'p/1.2/1.4_7.dcm', 'p/1.2/1.3/%zz_7.dcm', 'p/1.2/1.3/%61_7.dcm', `p/1.2/1.3/${encodeSegment('x'.repeat(300))}_7.dcm`, ''])('is none of %j', (key) => {
    expect(parseInstanceKey(key)).toBeUndefined();
  });
});
