import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { call, type Answer } from '../support/http-call.js';
import { readJpeg, readPng } from '../support/picture.js';
import { identityOf, smallInstance } from './small-instance.js';
import { image, storedPath } from './stored-images.js';
import { given } from './store-request.js';

let archive: Archive;
let web: string;

const shown = Array.from({ length: 16 }, (_none, at) => at * 16);
const small = identityOf('wado');
const bytes = smallInstance(small, { with: [element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256')] });
const report = identityOf('wado', 'report');

beforeAll(async () => {
  archive = await startArchive();
  web = `${archive.baseUrl}/dicom-web`;
  // What is no image comes first.
  await given(web, [smallInstance(report, { without: [0x7fe00010] })]);
  await given(web, [bytes]);
});
afterAll(() => archive.end());

const wado = (query: string, of = small): Promise<Answer> =>
  call(`${web}/wado?requestType=WADO&studyUID=${of.studyInstanceUid}&seriesUID=${of.seriesInstanceUid}&objectUID=${of.sopInstanceUid}${query}`);
const headOf = ({ status, headers, body }: Answer): unknown[] => [status, headers['content-type'], status === 200 ? '' : body.toString()];

describe('WADO-URI', () => {
  it('given no contentType, then a JPEG', async () => {
    const answer = await wado('');
    expect(headOf(answer)).toEqual([200, 'image/jpeg', '']);
    expect(readJpeg(answer.body)).toEqual({ width: 4, height: 4, channels: 1 });
  });

  it('given PNG, rows, columns, window, region and frame, then that picture', async () => {
    const pixelsOf = async (query: string): Promise<number[]> => [...readPng((await wado(`&contentType=image/png${query}`)).body).pixels];
    expect(await pixelsOf('')).toEqual(shown);
    expect(await pixelsOf('&windowCenter=64&windowWidth=1')).toEqual(shown.map((value) => (value < 64 ? 0 : 255)));
    expect(await pixelsOf('&region=0.5,0.5,1,1&frameNumber=1')).toEqual([shown[10], shown[11], shown[14], shown[15]]);
    const { width, height } = readPng((await wado('&contentType=image/png&rows=2')).body);
    expect([width, height]).toEqual([2, 2]);
  });

  it('given application/dicom, then the instance, as it is stored or in another transfer syntax', async () => {
    for (const query of ['', '&transferSyntax=original', '&transferSyntax=1.2.840.10008.1.2.1']) {
      const answer = await wado(`&contentType=application/dicom${query}`);
      expect(headOf(answer)).toEqual([200, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1', '']);
      expect(answer.body).toEqual(bytes);
    }
    expect(headOf(await wado('&contentType=application/dicom&transferSyntax=1.2.840.10008.1.2.4.90'))).toEqual([200, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90', '']);
  });

  it.each([['&contentType=text/html', 406], ['&contentType=application/dicom&transferSyntax=1.2.3', 406], ['&frameNumber=2', 404], ['&frameNumber=0', 400], ['&rows=0', 400], ['&windowCenter=1', 400], ['&region=1,1,0,0', 400], ['&anonymize=yes', 400]])(
    'given %s, then %i', async (query, status) => {
      const answer = await wado(query);
      expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/plain; charset=utf-8']);
    });

  it('given an instance without pixels or none, then 404; given no UID, then 400', async () => {
    expect((await wado('', report)).status).toBe(404);
    expect((await wado('', identityOf('nowhere'))).status).toBe(404);
    expect((await wado('', { ...small, sopInstanceUid: 'a_b' })).status).toBe(400);
    expect((await call(`${web}/wado?requestType=WADO`)).status).toBe(400);
  });
});

describe('Thumbnails', () => {
  const study = `/studies/${small.studyInstanceUid}`;
  const series = `${study}/series/${small.seriesInstanceUid}`;
  const get = (path: string, accept?: string): Promise<Answer> => call(`${web}${path}`, { headers: accept === undefined ? {} : { accept } });

  it.each([[study], [series], [`${series}/instances/${small.sopInstanceUid}`]])('given %s, then its first image fits into 128 pixels, or into the viewport', async (path) => {
    const answer = await get(`${path}/thumbnail`);
    expect(headOf(answer)).toEqual([200, 'image/jpeg', '']);
    expect(readJpeg(answer.body)).toEqual({ width: 128, height: 128, channels: 1 });
    const { width, height } = readPng((await get(`${path}/thumbnail?viewport=2,9`, 'image/png')).body);
    expect([width, height]).toEqual([2, 2]);
  });

  it('given an image that is not square, then its proportions are kept', async () => {
    const path = await storedPath(web, image('j2k-90/rgb.dcm'));
    const { width, height, channels } = readJpeg((await get(`${path}/thumbnail`)).body);
    expect([Math.max(width, height), channels]).toEqual([128, 3]);
  });

  it('given no image, then 404', async () => {
    expect((await get(`${study}/series/${report.seriesInstanceUid}/thumbnail`)).status).toBe(404);
    expect((await get('/studies/1.2.3/thumbnail')).status).toBe(404);
  });
});
