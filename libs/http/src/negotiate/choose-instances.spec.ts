import { describe, expect, it } from '@jest/globals';
import { dialectPolicies } from '../dialect/dialect-policy.js';
import { NotAcceptable } from '../errors/http-errors.js';
import { chooseBulkData } from './choose-bulk-data.js';
import { chooseInstances, matchInstance, type InstancesOf } from './choose-instances.js';
import { parseAccept } from './parse-accept.js';

const ele = '1.2.840.10008.1.2.1';
const j2k = '1.2.840.10008.1.2.4.90';
const jpeg = '1.2.840.10008.1.2.4.50';

function choose(header: string | undefined, resource: InstancesOf = 'instance', dialect: 'azure-v2' | 'dicom-web' = 'azure-v2') {
  return chooseInstances(parseAccept(header), resource, dialectPolicies[dialect].retrieve.transferSyntaxes);
}
const brief = (...args: Parameters<typeof choose>) => choose(...args).map(({ multipart, transferSyntax }) => `${multipart ? 'multipart' : 'single'} ${transferSyntax}`);

describe('chooseInstances', () => {
  // The tables of the conformance page
  it.each<[InstancesOf, string | undefined, string]>([
    ['study', 'multipart/related; type="application/dicom"; transfer-syntax=*', 'multipart *'],
    ['series', 'multipart/related; type="application/dicom"', `multipart ${ele}`],
    ['study', 'multipart/related; type=application/dicom; transfer-syntax=1.2.840.10008.1.2.1', `multipart ${ele}`],
    ['study', `multipart/related; type="application/dicom"; transfer-syntax="${j2k}"`, `multipart ${j2k}`],
    ['study', '*/*', 'multipart *'],
    ['series', undefined, 'multipart *'],
    ['instance', 'application/dicom; transfer-syntax=*', 'single *'],
    ['instance', 'multipart/related; type="application/dicom"; transfer-syntax="*"', 'multipart *'],
    ['instance', 'application/dicom', `single ${ele}`],
    ['instance', 'multipart/related; type="application/dicom"', `multipart ${ele}`],
    ['instance', `application/dicom; transfer-syntax=${ele}`, `single ${ele}`],
    ['instance', `application/dicom; transfer-syntax=${j2k}`, `single ${j2k}`],
    ['instance', `multipart/related; type="application/dicom"; transfer-syntax=${j2k}`, `multipart ${j2k}`],
    ['instance', '*/*', 'single *'],
    ['instance', 'multipart/related; type="*/*"', 'multipart *'],
  ])('given a %s asked as %s, then it is %s', (resource, header, expected) => {
    expect(brief(header, resource)).toEqual([expected]);
  });

  it.each<[InstancesOf, string]>([
    ['study', 'application/dicom; transfer-syntax=*'],
    ['series', 'application/dicom'],
    ['instance', 'image/jpeg'],
    ['instance', 'application/dicom+json'],
    ['instance', 'multipart/related; type="application/octet-stream"'],
    ['instance', `application/dicom; transfer-syntax=${jpeg}`],
    ['instance', 'application/dicom; transfer-syntax=nonsense'],
    ['instance', '*/*;q=0'],
  ])('given a %s asked as %s under v2, then it is not acceptable, and the text says what is', (resource, header) => {
    expect(() => choose(header, resource)).toThrow(NotAcceptable);
    expect(() => choose(header, resource)).toThrow(/allowed: .*application\/dicom.*1\.2\.840\.10008\.1\.2\.4\.90/);
  });

  it('given unknown members beside a known one, then the known one counts', () => {
    expect(brief(`image/x-y, application/dicom; transfer-syntax=${jpeg}, application/dicom;transfer-syntax=*;q=0.1`)).toEqual(['single *']);
  });

  it('given /dicom-web, then any transfer syntax can be named, also several', () => {
    expect(brief(`application/dicom; transfer-syntax=${jpeg}; transfer-syntax=1.2.3`, 'instance', 'dicom-web')).toEqual([`single ${jpeg}`, 'single 1.2.3']);
  });
});

describe('matchInstance', () => {
  it.each([
    ['*/*', jpeg, 'as-stored', jpeg],
    ['application/dicom', ele, 'as-stored', ele],
    ['application/dicom', jpeg, 'transcode', ele],
    [`application/dicom, application/dicom;transfer-syntax=${j2k}`, j2k, 'as-stored', j2k],
    [`application/dicom, application/dicom;transfer-syntax=${j2k};q=0.9`, j2k, 'transcode', ele],
    [`application/dicom;transfer-syntax=${j2k};q=0.5, application/dicom;transfer-syntax=*;q=0.4`, jpeg, 'transcode', j2k],
  ])('given %s and the stored %s, then it is %s %s', (header, stored, kind, transferSyntax) => {
    expect(matchInstance(choose(header), stored)).toMatchObject({ kind, transferSyntax, mediaType: 'application/dicom' });
  });

  it('given a syntax that cannot be made, then the next welcome form is taken, and without one it is not acceptable', () => {
    const never = () => false;
    expect(matchInstance(choose('application/dicom, application/dicom;transfer-syntax=*;q=0.1'), jpeg, never)).toMatchObject({ kind: 'as-stored' });
    expect(matchInstance(choose('application/dicom'), jpeg, never)).toEqual({ kind: 'not-acceptable' });
  });
});

describe('chooseBulkData', () => {
  it.each([
    [undefined, false], ['*/*', false], ['application/octet-stream', false], ['multipart/related; type="application/octet-stream"', true],
    ['multipart/related; type=*/*', true], ['image/jpeg, application/octet-stream;q=0.1', false],
  ])('given %s, then it is octets, in a multipart: %s', (header, multipart) => {
    expect(chooseBulkData(parseAccept(header))).toMatchObject([{ multipart, mediaType: 'application/octet-stream', transferSyntax: '*' }]);
  });

  it('given another type, then it is not acceptable', () => {
    expect(() => chooseBulkData(parseAccept('text/html'))).toThrow(NotAcceptable);
  });
});
