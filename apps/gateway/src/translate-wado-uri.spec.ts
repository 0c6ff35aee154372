import { BadRequest, NotAcceptable } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { translateWadoUri } from './translate-wado-uri.js';

const of = 'requestType=WADO&studyUID=1.2&seriesUID=1.3&objectUID=1.4';
const path = '/studies/1.2/series/1.3/instances/1.4';
const translated = (query: string): string => {
  const { service, url } = translateWadoUri(`/wado?${of}&${query}`);
  return `${service} ${decodeURIComponent(url).replaceAll('+', ' ')}`;
};

describe('translateWadoUri', () => {
  it.each([
    ['', `render ${path}/rendered?accept=image/jpeg, */*;q=0.5`],
    ['contentType=image%2Fpng&frameNumber=3', `render ${path}/frames/3/rendered?accept=image/png`],
    ['rows=100', `render ${path}/rendered?accept=image/jpeg, */*;q=0.5&rows=100`],
    ['ROWS=100&columns=50&windowCenter=-40&windowWidth=400.5', `render ${path}/rendered?accept=image/jpeg, */*;q=0.5&rows=100&columns=50&window=-40,400.5,linear`],
    ['rows=5928&columns=4728', `render ${path}/rendered?accept=image/jpeg, */*;q=0.5&rows=5928&columns=4728`],
    ['region=0,0,0.5,1&imageQuality=50', `render ${path}/rendered?accept=image/jpeg, */*;q=0.5&region=0,0,0.5,1&quality=50`],
    ['contentType=text/html,image/gif;q=1', `render ${path}/rendered?accept=image/gif`],
    ['contentType=image/jpeg;q=0.5,application/pdf,application/dicom;q=0.1', `render ${path}/rendered?accept=application/pdf, image/jpeg`],
    ['contentType=image/*,*/*;q=0.1', `render ${path}/rendered?accept=image/*, */*`],
    ['contentType=Image/JPEG;q=0.5,Application/DICOM&transferSyntax=original', `retrieve ${path}?accept=application/dicom; transfer-syntax="*"`],
    ['region=0.25,1e-1,.75,1.0', `render ${path}/rendered?accept=image/jpeg, */*;q=0.5&region=0.25,1e-1,.75,1.0`],
    ['contentType=application/dicom', `retrieve ${path}?accept=application/dicom; transfer-syntax=1.2.840.10008.1.2.1, application/dicom; transfer-syntax=*; q=0.5`],
    ['contentType=application/dicom&transferSyntax=original&rows=7', `retrieve ${path}?accept=application/dicom; transfer-syntax="*"`],
    ['contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.90&anonymize=no', `retrieve ${path}?accept=application/dicom; transfer-syntax="1.2.840.10008.1.2.4.90"`],
  ])('given %s, then what WADO-RS calls it', (query, expected) => {
    expect(translated(query)).toBe(expected);
  });

  it.each(['', 'requestType=WADO', 'requestType=QIDO&studyUID=1&seriesUID=1&objectUID=1', 'requestType=WADO&studyUID=1&seriesUID=&objectUID=1'])('given %s, then 400', (query) => {
    expect(() => translateWadoUri(`/wado?${query}`)).toThrow(BadRequest);
  });

  it.each(['anonymize=yes', 'presentationUID=1.2', 'rows=0', 'columns=1e3', 'rows=x', 'windowCenter=1', 'windowWidth=1', 'windowCenter=x&windowWidth=1', 'windowWidth=&windowCenter=1', 'frameNumber=', 'imageQuality=101', 'rows=1&rows=2'])('given %s, then 400 that names the parameter', (query) => {
    expect(() => translated(query)).toThrow(BadRequest);
    expect(() => translated(query)).toThrow(query.split('=')[0]);
  });

  it.each(['text/html', 'image/png;q=0', 'x', 'audio/*'])('given the media type %s, which there is not, then 406 that says which there are', (contentType) => {
    expect(() => translated(`contentType=${contentType}`)).toThrow(NotAcceptable);
    expect(() => translated(`contentType=${contentType}`)).toThrow('image/png');
  });

  it('given UIDs that would lead elsewhere, then they stay one part of the path', () => {
    expect(translateWadoUri('/wado?requestType=WADO&studyUID=../..&seriesUID=a/b&objectUID=%3Fx').url).toMatch(/^\/studies\/\.\.%2F\.\.\/series\/a%2Fb\/instances\/%3Fx\/rendered/);
  });
});
