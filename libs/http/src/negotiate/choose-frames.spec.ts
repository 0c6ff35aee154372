import { describe, expect, it } from '@jest/globals';
import { dialectPolicies } from '../dialect/dialect-policy.js';
import { type Dialect } from '../dialect/dialect.js';
import { NotAcceptable } from '../errors/http-errors.js';
import { chooseFrames, matchFrames } from './choose-frames.js';
import { frameMediaTypeOf, frameMediaTypes } from './frame-media-types.js';
import { parseAccept } from './parse-accept.js';

const ile = '1.2.840.10008.1.2';
const ele = '1.2.840.10008.1.2.1';
const j2k = '1.2.840.10008.1.2.4.90';
const jpeg = '1.2.840.10008.1.2.4.50';
const jls = '1.2.840.10008.1.2.4.80';
const octets = 'application/octet-stream';

const choose = (header: string | undefined, frames = 1, dialect: Dialect = 'azure-v2') => chooseFrames(parseAccept(header), frames, dialectPolicies[dialect].retrieve.frameForms);
const brief = (...args: Parameters<typeof choose>) => choose(...args).map(({ multipart, mediaType, transferSyntax }) => `${multipart ? 'multipart' : 'single'} ${mediaType} ${transferSyntax}`);

describe('chooseFrames', () => {
  // The table of the conformance page
  it.each([
    [`multipart/related; type="${octets}"; transfer-syntax=*`, 2, `multipart ${octets} *`],
    [`multipart/related; type=${octets}`, 2, `multipart ${octets} ${ele}`],
    [`multipart/related; type="${octets}"; transfer-syntax=${ele}`, 2, `multipart ${octets} ${ele}`],
    ['multipart/related; type="image/jp2"', 2, `multipart image/jp2 ${j2k}`],
    [`multipart/related; type="image/jp2";transfer-syntax=${j2k}`, 2, `multipart image/jp2 ${j2k}`],
    [`${octets}; transfer-syntax=*`, 1, `single ${octets} *`],
    ['*/*', 2, `multipart ${octets} *`],
    [undefined, 1, `multipart ${octets} *`],
  ])('given %s for %i frames under v2, then it is %s', (header, frames, expected) => {
    expect(brief(header, frames)).toEqual([expected]);
  });

  it.each([
    [`${octets}; transfer-syntax=*`, 2], ['multipart/related; type="image/jpeg"', 1], [`multipart/related; type="image/jp2"; transfer-syntax=${jpeg}`, 1],
    [`multipart/related; type="${octets}"; transfer-syntax=${jpeg}`, 1], ['application/dicom', 1], ['image/png', 1],
  ])('given %s for %i frames under v2, then it is not acceptable, and the text says what is', (header, frames) => {
    expect(() => choose(header, frames)).toThrow(NotAcceptable);
    expect(() => choose(header, frames)).toThrow(/allowed: .*octet-stream.*image\/jp2/);
  });

  it.each([
    ['image/jpeg', 1, 'single image/jpeg *'],
    [`multipart/related; type="image/x-jls"; transfer-syntax=${jls}`, 3, `multipart image/jls ${jls}`],
    ['image/*', 1, 'single image/* *'],
    [`multipart/related; type="${octets}"; transfer-syntax=${jpeg}`, 2, `multipart ${octets} ${jpeg}`],
  ])('given %s for %i frames under /dicom-web, then it is %s', (header, frames, expected) => {
    expect(brief(header, frames, 'dicom-web')).toEqual([expected]);
  });

  it('given an image type with the syntax of another, then it is not acceptable', () => {
    expect(() => choose(`image/jpeg; transfer-syntax=${jls}`, 1, 'dicom-web')).toThrow(NotAcceptable);
  });
});

describe('matchFrames', () => {
  it.each([
    ['*/*', jpeg, 'as-stored', octets, jpeg],
    [octets, jpeg, 'transcode', octets, ele],
    [octets, ele, 'as-stored', octets, ele],
    [octets, ile, 'as-stored', octets, ele],
    [`${octets};transfer-syntax=*`, ile, 'as-stored', octets, ile],
    ['image/jpeg', jpeg, 'as-stored', 'image/jpeg', jpeg],
    ['image/jpeg', ele, 'transcode', 'image/jpeg', '1.2.840.10008.1.2.4.70'],
    ['image/*', jls, 'as-stored', 'image/jls', jls],
    [`image/*, ${octets};q=0.5`, ele, 'as-stored', octets, ele],
    [`image/jp2;transfer-syntax=${j2k}, image/jls`, jls, 'as-stored', 'image/jls', jls],
  ])('given %s and frames stored in %s, then it is %s %s %s', (header, stored, kind, mediaType, transferSyntax) => {
    expect(matchFrames(choose(header, 1, 'dicom-web'), stored)).toMatchObject({ kind, mediaType, transferSyntax });
  });

  it('given any image asked and frames that are none, then it is not acceptable', () => {
    expect(matchFrames(choose('image/*', 1, 'dicom-web'), ele)).toEqual({ kind: 'not-acceptable' });
  });

  it('given a syntax that cannot be made, then it is not acceptable', () => {
    expect(matchFrames(choose(octets), jpeg, () => false)).toEqual({ kind: 'not-acceptable' });
  });
});

describe('frameMediaTypes', () => {
  it('given the table, then each syntax is in one row, and the standard one of a row is in it', () => {
    const all = frameMediaTypes.flatMap(({ transferSyntaxes }) => transferSyntaxes);
    expect(new Set(all).size).toBe(all.length);
    for (const { standard, transferSyntaxes } of frameMediaTypes) expect(transferSyntaxes).toContain(standard);
  });

  it('given a syntax without a row, then its frames are octets', () => {
    expect([frameMediaTypeOf(ele), frameMediaTypeOf('1.2.3'), frameMediaTypeOf('1.2.840.10008.1.2.5')]).toEqual([octets, octets, 'image/dicom-rle']);
  });
});
