import { describe, expect, it } from '@jest/globals';
import { RangeNotSatisfiable } from './errors/http-errors.js';
import { parseRange, rangeHeaders } from './range.js';

describe('parseRange', () => {
  it.each([
    ['bytes=0-0', 0, 0], ['bytes=2-5', 2, 5], ['bytes=5-', 5, 9], ['bytes=5-100', 5, 9], ['bytes=-3', 7, 9], ['bytes=-100', 0, 9], ['BYTES = 1 - 2', 1, 2],
  ])('given %s of 10 bytes, then it is %i to %i', (header, first, last) => {
    expect(parseRange(header, 10)).toEqual({ first, last });
  });

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b', 'bytes=99999999999999999-'])('given %s, then the whole is answered', (header) => {
    expect(parseRange(header, 10)).toBeUndefined();
  });

  it.each([['bytes=10-', 10], ['bytes=10-20', 10], ['bytes=-0', 10], ['bytes=0-', 0], ['bytes=-1', 0]])('given %s of %i bytes, then it is 416', (header, size) => {
    expect(() => parseRange(header, size)).toThrow(RangeNotSatisfiable);
  });

  it.each([[undefined, true], ['"v1"', true], ['"v2"', false], ['W/"v1"', false], ['Tue, 15 Nov 1994 08:12:31 GMT', false]])('given If-Range %s, then a part is answered: %s', (ifRange, part) => {
    expect(parseRange('bytes=0-1', 10, { ifRange, etag: '"v1"' }) !== undefined).toBe(part);
  });

  it('given a range, then the headers say which bytes of how many', () => {
    expect(rangeHeaders({ first: 2, last: 5 }, 10)).toEqual({ 'content-range': 'bytes 2-5/10', 'content-length': '4', 'accept-ranges': 'bytes' });
  });
});
