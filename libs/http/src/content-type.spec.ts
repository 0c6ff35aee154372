import { describe, expect, it } from '@jest/globals';
import { parseContentType, requireBoundary } from './content-type.js';
import { BadRequest } from './errors/http-errors.js';

describe('parseContentType', () => {
  it.each([
    ['multipart/related; type="application/dicom"; boundary="a b;c,d"', 'application/dicom', 'a b;c,d'],
    ['Multipart/Related;boundary=abc;type=application/dicom', 'application/dicom', 'abc'],
    ['multipart/related ; BOUNDARY = "abc" ; type = "Application/DICOM" ; start="<x>"', 'application/dicom', 'abc'],
    ['multipart/related; boundary=a/b=c', undefined, 'a/b=c'],
    ['multipart/related; type="application/dicom', 'application/dicom', undefined],
    ['multipart/related; boundary="a\\"b"', undefined, 'a"b'],
  ])('given %s, then it has type, part type and boundary', (header, partType, boundary) => {
    expect(parseContentType(header)).toMatchObject({ type: 'multipart/related' });
    expect([parseContentType(header)?.partType, parseContentType(header)?.boundary]).toEqual([partType, boundary]);
  });

  it.each([undefined, '', 'dicom', '/', 'a/', ';boundary=x'])('given %s, then there is none', (header) => {
    expect(parseContentType(header)).toBeUndefined();
  });
});

describe('requireBoundary', () => {
  const boundaryOf = (parameters: string) => requireBoundary(parseContentType(`multipart/related${parameters}`) ?? { type: '', parameters: new Map() });

  it.each(['', '; boundary=', '; boundary=""', `; boundary=${'x'.repeat(257)}`, '; boundary="a\u00e9"'])('given "%s", then it is a bad request that names the parameter', (parameters) => {
    expect(() => boundaryOf(parameters)).toThrow(BadRequest);
    expect(() => boundaryOf(parameters)).toThrow(/boundary/);
  });

  it('given one, then it is returned', () => {
    expect(boundaryOf('; boundary=x')).toBe('x');
  });
});
