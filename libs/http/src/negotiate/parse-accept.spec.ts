import { describe, expect, it } from '@jest/globals';
import { chooseDicomJson, dicomJson } from './choose-json.js';
import { NotAcceptable } from '../errors/http-errors.js';
import { parseAccept } from './parse-accept.js';

const types = (header: string | undefined, query?: string | string[]) => parseAccept(header, query).map(({ type }) => type);

describe('parseAccept', () => {
  it.each([
    [undefined, ['*/*']],
    ['', ['*/*']],
    ['*', ['*/*']],
    ['application/dicom+json, multipart/related; type="application/octet-stream"; transfer-syntax=*', ['application/dicom+json', 'multipart/related']],
    ['a/b;q=0.1, c/d;q=0.9,e/f , g/h;q=0.9', ['e/f', 'c/d', 'g/h', 'a/b']],
    ['a/b;x="1,2;q=0", c/d', ['a/b', 'c/d']],
    ['nonsense,, a/b;q=high', ['a/b']],
    ['Image/JPEG ; Q=0.5', ['image/jpeg']],
  ])('given %s, then its members come best first', (header, expected) => {
    expect(types(header)).toEqual(expected);
  });

  it('given spaces, quotes and repeated parameters, then all values are kept', () => {
    const [range] = parseAccept('multipart/related ;type = "application/dicom" ; transfer-syntax=1.2; Transfer-Syntax="*"');
    expect(range?.parameters.get('type')).toEqual(['application/dicom']);
    expect(range?.parameters.get('transfer-syntax')).toEqual(['1.2', '*']);
  });

  it('given an accept query parameter, then it stands for the header, with or without its plus sign escaped', () => {
    expect(types('image/png', 'application/dicom+json')).toEqual(['application/dicom+json']);
    expect(types('image/png', 'application/dicom json')).toEqual(['application/dicom+json']);
    expect(types(undefined, ['image/png;q=0.5', 'image/jpeg'])).toEqual(['image/jpeg', 'image/png']);
  });
});

describe('chooseDicomJson', () => {
  it.each([
    undefined, '*/*', 'application/json', 'application/dicom+json', 'APPLICATION/*', 'text/html, application/json;q=0.1',
    'application/dicom+json, multipart/related; type="application/octet-stream"; transfer-syntax=*', 'application/dicom+xml, */*', 'application/dicom+json; charset=utf-8',
  ])('given %s, then it is DICOM JSON', (header) => {
    expect(chooseDicomJson(parseAccept(header))).toBe(dicomJson);
  });

  it.each(['application/dicom+xml', 'text/html', 'multipart/related; type="application/dicom+json"', 'application/dicom+json;q=0', 'application/dicom+json;q=0, */*', 'nonsense'])(
    'given %s, then it is not acceptable, and the text says what is', (header) => {
      expect(() => chooseDicomJson(parseAccept(header))).toThrow(NotAcceptable);
      expect(() => chooseDicomJson(parseAccept(header))).toThrow(/application\/dicom\+json/);
    });
});
