import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startArchive, type Archive } from '../support/archive.js';
import { element, encapsulatedStart, itemHead, sequenceEnd, us } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
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

  it.each([['&contentType=text/html', 406], ['&contentType=application/dicom&transferSyntax=1.2.3', 406], ['&frameNumber=2', 404], ['&frameNumber=0', 400], ['&frameNumber=', 400], ['&windowCenter=x&windowWidth=1', 400], ['&windowWidth=1', 400], ['&rows=1.5', 400], ['&rows=0', 400], ['&windowCenter=1', 400], ['&region=1,1,0,0', 400], ['&anonymize=yes', 400]])(
    'given %s, then %i', async (query, status) => {
      const answer = await wado(query);
      expect([answer.status, answer.headers['content-type']]).toEqual([status, 'text/plain; charset=utf-8']);
    });

  it('given rows and columns, then the picture fits into both, with its proportions', async () => {
    const wide = identityOf('wado wide');
    await given(web, [smallInstance(wide, { with: [element(0x00280010, 'US', us(2)), element(0x00280011, 'US', us(8))] })]);
    const sizeOf = async (query: string): Promise<number[]> => {
      const { width, height } = readPng((await wado(`&contentType=image/png${query}`, wide)).body);
      return [width, height];
    };
    expect([await sizeOf('&rows=1'), await sizeOf('&columns=4'), await sizeOf('&rows=100&columns=16'), await sizeOf('&rows=4&columns=400'), await sizeOf('&rows=5928&columns=16'), await sizeOf('&region=0.25,0,0.5,1.0'), await sizeOf('&region=.5,0,1,1&columns=2')]).toEqual([[4, 1], [4, 1], [16, 4], [16, 4], [16, 4], [2, 2], [2, 1]]);
  });

  it('given a list of content types, then the best of those that there are', async () => {
    for (const [list, type] of [['text/html,image/png', 'image/png'], ['image/gif;q=0.1,image/webp', 'image/webp'], ['image/jp2, application/dicom', 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1'], ['image/*', 'image/jpeg']] as const) {
      expect([list, headOf(await wado(`&contentType=${encodeURIComponent(list)}`))]).toEqual([list, [200, type, '']]);
    }
  });

  it.each(['requestType', 'studyUID', 'seriesUID', 'objectUID'])('given no %s, then 400 that says what is needed; a UID that there is not is 404', async (name) => {
    const all = { requestType: 'WADO', studyUID: small.studyInstanceUid, seriesUID: small.seriesInstanceUid, objectUID: small.sopInstanceUid };
    const ask = (given: Readonly<Record<string, string>>): Promise<Answer> => call(`${web}/wado?${new URLSearchParams(given).toString()}`);
    const { status, body } = await ask(Object.fromEntries(Object.entries(all).filter(([one]) => one !== name)));
    expect([status, body.toString()]).toEqual([400, expect.stringContaining(`'${name}'`)]);
    expect((await ask({ ...all, [name]: '1.2.3' })).status).toBe(name === 'requestType' ? 400 : 404);
  });

  it('given an instance without pixels or none, then 404; given no UID, then 400', async () => {
    expect((await wado('', report)).status).toBe(404);
    expect((await wado('', identityOf('nowhere'))).status).toBe(404);
    expect((await wado('', { ...small, sopInstanceUid: 'a_b' })).status).toBe(400);
    expect((await call(`${web}/wado?requestType=WADO`)).status).toBe(400);
  });
});

describe('Documents and videos', () => {
  const encapsulated = '1.2.840.10008.5.1.4.1.1.104.';
  const documentOf = (name: string, sopClass: string, bytes: Buffer): Buffer => smallInstance(identityOf('documents', name), {
    metaSopClassUid: `${encapsulated}${sopClass}`, without: [0x7fe00010, 0x00280010],
    with: [
      element(0x00080016, 'UI', `${encapsulated}${sopClass}`), element(0x00420012, 'LO', 'text/html'), element(0x00420015, 'UL', Buffer.from(Uint32Array.of(bytes.length).buffer)),
      element(0x00420011, 'OB', Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)])),
    ],
  });
  const videoOf = (name: string, syntax: string, fragments: readonly Buffer[]): Buffer => smallInstance(identityOf('documents', name), {
    transferSyntaxUid: `1.2.840.10008.1.2.4.${syntax}`,
    with: [element(0x00280008, 'IS', '250'), Buffer.concat([encapsulatedStart, ...fragments.flatMap((fragment) => [itemHead(fragment.length), fragment]), sequenceEnd])],
  });
  const small = Buffer.from('a small document of an odd length');
  const large = Buffer.from(Array.from({ length: 300_001 }, (_none, at) => (at * 7) % 251));
  const stream = Buffer.concat([large, Buffer.of(1)]);
  const stored: readonly (readonly [name: string, mediaType: string, whole: Buffer, file: Buffer])[] = [
    ['small PDF', 'application/pdf', small, documentOf('small PDF', '1', small)],
    ['large PDF', 'application/pdf', large, documentOf('large PDF', '1', large)],
    ['CDA', 'text/xml', small, documentOf('CDA', '2', small)],
    ['STL', 'model/stl', large, documentOf('STL', '3', large)],
    ['OBJ', 'model/obj', small, documentOf('OBJ', '4', small)],
    ['MTL', 'model/mtl', small, documentOf('MTL', '5', small)],
    ['MPEG-2', 'video/mpeg', stream, videoOf('MPEG-2', '100', [stream])],
    ['MPEG-4', 'video/mp4', stream, videoOf('MPEG-4', '102', [stream])],
    ['HEVC in fragments', 'video/mp4', stream, videoOf('HEVC in fragments', '107', [stream.subarray(0, 100_000), stream.subarray(100_000, 100_002), Buffer.alloc(0), stream.subarray(100_002)])],
  ];
  const empty = identityOf('documents', 'empty');
  beforeAll(async () => {
    for (const [, , , file] of stored) await given(web, [file]);
    await given(web, [smallInstance(empty, { metaSopClassUid: `${encapsulated}1`, without: [0x7fe00010], with: [element(0x00080016, 'UI', `${encapsulated}1`)] })]);
  });

  const pathOf = (name: string): string => instancePath(identityOf('documents', name));
  const get = (path: string, headers: Readonly<Record<string, string>> = {}, root = web): Promise<Answer> => call(`${root}${path}`, { headers });

  it.each(stored)('given %s, then %s, byte for byte, whole and by range', async (name, mediaType, whole) => {
    for (const accept of [undefined, '*/*', mediaType, `${mediaType.split('/')[0]}/*`, `image/jpeg, ${mediaType};q=0.1`]) {
      const { status, headers, body } = await get(`${pathOf(name)}/rendered`, accept === undefined ? {} : { accept });
      expect([accept, status, headers['content-type'], headers['content-length'], body.equals(whole)]).toEqual([accept, 200, mediaType, String(whole.length), true]);
      expect([headers['x-content-type-options'], headers['content-security-policy'] !== undefined]).toEqual(['nosniff', /^(?:text|model)/.test(mediaType)]);
    }
    for (const [first, last] of [[0, 0], [5, 20], [0, whole.length - 1], [whole.length - 3, whole.length - 1], ...(whole.length > 100_003 ? [[99_999, 100_003], [100_002, 100_002]] : [])] as const) {
      const { status, headers, body } = await get(`${pathOf(name)}/rendered`, { range: `bytes=${first}-${last}` });
      expect([first, status, headers['content-range'], body.equals(whole.subarray(first, last + 1))]).toEqual([first, 206, `bytes ${first}-${last}/${whole.length}`, true]);
    }
    expect((await get(`${pathOf(name)}/rendered`, { range: `bytes=${whole.length}-` })).status).toBe(416);
    const { headers } = await call(`${web}${pathOf(name)}/rendered`, { method: 'HEAD' });
    expect([headers['content-type'], headers['content-length']]).toEqual([mediaType, String(whole.length)]);
    expect((await get(`${pathOf(name)}/rendered`, { 'if-none-match': headers.etag! })).status).toBe(304);
    const asked = await wado(`&contentType=${encodeURIComponent(`image/gif,${mediaType}`)}`, identityOf('documents', name));
    expect([asked.status, asked.headers['content-type'], asked.body.equals(whole)]).toEqual([200, mediaType, true]);
    expect((await wado('', identityOf('documents', name))).headers['content-type']).toBe(mediaType);
  });

  it.each(stored)('given %s and an Accept header of pictures, then 406 that names %s', async (name, mediaType) => {
    for (const accept of ['image/jpeg', 'image/*', `${mediaType};q=0, */*`]) {
      const { status, body } = await get(`${pathOf(name)}/rendered`, { accept });
      expect([accept, status, body.toString()]).toEqual([accept, 406, expect.stringContaining(mediaType)]);
    }
    expect((await wado('&contentType=image/jpeg', identityOf('documents', name))).status).toBe(406);
  });

  it('given a picture and an Accept header of documents, then 406', async () => {
    for (const accept of ['application/pdf', 'video/*', 'image/jpeg;q=0, text/*']) expect([accept, (await get(`${instancePath(identityOf('wado'))}/rendered`, { accept })).status]).toEqual([accept, 406]);
  });

  it('given a document without its bytes, then 404; and no thumbnails of documents', async () => {
    expect((await get(`${instancePath(empty)}/rendered`)).status).toBe(404);
    expect((await get(`${pathOf('small PDF')}/thumbnail`)).status).toBe(404);
  });

  it('given /v2, which renders images only, then 404', async () => {
    expect((await get(`${pathOf('small PDF')}/rendered`, {}, `${archive.baseUrl}/v2`)).status).toBe(404);
    expect((await get(`${pathOf('MPEG-4')}/rendered`, { accept: 'video/mp4' }, `${archive.baseUrl}/v2`)).status).toBe(406);
  });

  it('given the frame of a video, then all of it, as it is stored', async () => {
    const { status, headers, body } = await get(`${pathOf('HEVC in fragments')}/frames/1`, { accept: 'video/mp4' });
    expect([status, headers['content-type'], body.equals(stream)]).toEqual([200, 'video/mp4; transfer-syntax=1.2.840.10008.1.2.4.107', true]);
    expect((await get(`${pathOf('HEVC in fragments')}/frames/1/rendered`)).status).toBe(406);
    expect((await get(`${pathOf('HEVC in fragments')}/frames/2`)).status).toBe(404);
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

  it('given a frame, then it, fitted into 128 pixels or the viewport; what is no frame is 400, and one that there is not is 404', async () => {
    const two = identityOf('wado frames');
    await given(web, [smallInstance(two, { with: [element(0x00280008, 'IS', '2'), element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256'), element(0x7fe00010, 'OB', Buffer.from([...shown, ...shown].map((value, at) => (at < 16 ? 0 : value))))] })]);
    const of = `${instancePath(two)}/frames`;
    for (const [frame, query, pixels] of [[1, '?viewport=4,4', shown.map(() => 0)], [2, '?viewport=4,4', shown]] as const) expect([...readPng((await get(`${of}/${frame}/thumbnail${query}`, 'image/png')).body).pixels]).toEqual(pixels);
    const answer = await get(`${of}/2/thumbnail`);
    expect([...headOf(answer), readJpeg(answer.body).width]).toEqual([200, 'image/jpeg', '', 128]);
    expect((await call(`${web}${of}/2/thumbnail`, { headers: { 'if-none-match': answer.headers.etag! } })).status).toBe(304);
    expect((await call(`${web}${of}/1/thumbnail`, { headers: { 'if-none-match': answer.headers.etag! } })).status).toBe(200);
    for (const [path, status] of [['3/thumbnail', 404], ['0/thumbnail', 400], ['1,2/thumbnail', 400], ['x/thumbnail', 400], ['1/thumbnail?viewport=0,0', 400]] as const) expect([path, (await get(`${of}/${path}`)).status]).toEqual([path, status]);
    for (const accept of ['image/tiff', 'application/pdf', 'text/html']) expect([accept, (await get(`${of}/1/thumbnail`, accept)).status]).toEqual([accept, 406]);
  });

  it('given a video before an image, then the image; a video has none', async () => {
    const video = identityOf('wado mixed', 'video');
    const bytes = Buffer.concat([encapsulatedStart, itemHead(4), Buffer.of(0, 0, 1, 0xb3), sequenceEnd]);
    await given(web, [smallInstance(video, { transferSyntaxUid: '1.2.840.10008.1.2.4.100', with: [bytes] })]);
    expect((await get(`${instancePath(video)}/thumbnail`)).status).toBe(404);
    await given(web, [smallInstance(identityOf('wado mixed', 'image'))]);
    expect((await get(`/studies/${video.studyInstanceUid}/thumbnail`)).status).toBe(200);
  });

  it('given a damaged image before another one, then the other one; the damaged one has none', async () => {
    const damaged = identityOf('wado damaged', 'series', 'first');
    const path = `/studies/${damaged.studyInstanceUid}/thumbnail`;
    await given(web, [smallInstance(damaged, { with: [element(0x00280102, 'US', us(3))] })]);
    expect((await get(path)).status).toBe(406);
    await given(web, [smallInstance(identityOf('wado damaged', 'series', 'second'))]);
    const answer = await get(path);
    expect(headOf(answer)).toEqual([200, 'image/jpeg', '']);
    expect((await call(`${web}${path}`, { headers: { 'if-none-match': answer.headers.etag! } })).status).toBe(304);
    expect((await get(`${instancePath(damaged)}/thumbnail`)).status).toBe(406);
  });

  it('given many reports before an image, then the image', async () => {
    const reports = Array.from({ length: 60 }, (_none, at) => smallInstance(identityOf('wado reports', `report ${at}`), { without: [0x7fe00010] }));
    await given(web, reports);
    const path = `/studies/${identityOf('wado reports').studyInstanceUid}/thumbnail`;
    expect((await get(path)).status).toBe(404);
    await given(web, [smallInstance(identityOf('wado reports', 'image'))]);
    expect((await get(path)).status).toBe(200);
  });

  it('given no image, then 404', async () => {
    expect((await get(`${study}/series/${report.seriesInstanceUid}/thumbnail`)).status).toBe(404);
    expect((await get('/studies/1.2.3/thumbnail')).status).toBe(404);
  });
});
