import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { element, us } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart, type Part } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { uidOf } from '../support/uid.js';
import { image, imageFacts, storedPath } from './stored-images.js';
import { factsOf, fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let v2: string;
let web: string;

const octets = 'application/octet-stream';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
const jpeg2000Lossless = '1.2.840.10008.1.2.4.90';

/** Three frames of 4 bytes. */
const three = identityOf('three frames');
const frames = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]].map((bytes) => Buffer.from(bytes));
const noPixels = identityOf('no pixels');
const path = `${instancePath(three)}/frames`;

const fixtures = [
  'frames/native-8bit-3f', 'frames/native-8bit-odd-3f', 'frames/native-16bit-be-3f', 'frames/native-rgb-2f', 'frames/native-32bit', 'frames/native-1bit-on-bytes-3f', 'frames/native-1bit-across-bytes-5f', 'frames/jpeg-bot-4f', 'frames/jpeg-no-bot-4f',
  'frames/jpeg-2-fragments-bot-3f', 'frames/jpeg-3-fragments-no-bot-3f', 'frames/j2k-eot-4f', 'frames/j2k-1f-3-fragments-no-bot', 'frames/icon-native', 'frames/icon-in-rle', 'transfer-syntax/deflated', 'transfer-syntax/rle-5', 'transfer-syntax/jpeg-ls-80', 'transfer-syntax/implicit-le',
].map((name) => `${name}.dcm`);
const jpeg = 'frames/jpeg-bot-4f.dcm';
const j2k = 'frames/j2k-eot-4f.dcm';

beforeAll(async () => {
  archive = await startArchive();
  [v2, web] = [`${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string];
  await given(v2, [
    smallInstance(three, { with: [element(0x00280008, 'IS', '3'), element(0x00280010, 'US', us(2)), element(0x00280011, 'US', us(2)), element(0x7fe00010, 'OB', Buffer.concat(frames))] }),
    smallInstance(noPixels, { without: [0x7fe00010] }),
  ]);
  await given(web, fixtures.map(fixture));
});
afterAll(() => archive.end());

const get = (of: string, accept?: string, headers: Record<string, string> = {}, root = v2): Promise<Answer> => call(`${root}${of}`, { headers: { ...(accept !== undefined && { accept }), ...headers } });
const partsOf = ({ status, body, headers }: Answer): Part[] => {
  expect([status, status === 200 ? '' : body.toString()]).toEqual([200, '']);
  return parseMultipart(body, headers['content-type'] ?? '');
};
const multipart = (type: string, transferSyntax?: string): string => `multipart/related; type="${type}"${transferSyntax === undefined ? '' : `; transfer-syntax=${transferSyntax}`}`;
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('Frames', () => {
  it.each([[multipart(octets, '*')], [multipart(octets)], [multipart(octets, explicitLittleEndian)], ['*/*'], [undefined], ['multipart/related; transfer-syntax="*"; type=application/octet-stream'], ['multipart/related; type="*/*"'], [`image/x-y, ${multipart(octets, '*')};q=0.1`]])(
    'given the Accept header %s, then 200 and a part for each frame, in the order asked', async (accept) => {
      const answer = await get(`${path}/3,1`, accept);
      expect(answer.headers['content-type']).toMatch(/^multipart\/related; *type="application\/octet-stream"; *boundary=/);
      const parts = partsOf(answer);
      expect(parts.map(({ body }) => body)).toEqual([frames[2], frames[0]]);
      expect(parts.map(({ headers }) => headers['content-type'])).toEqual([1, 2].map(() => `application/octet-stream; transfer-syntax=${explicitLittleEndian}`));
    });

  it('given application/octet-stream for one frame, then a single part', async () => {
    const { status, headers, body } = await get(`${path}/2`, `${octets}; transfer-syntax=*`);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${explicitLittleEndian}`);
    expect(body).toEqual(frames[1]);
  });

  it('given application/octet-stream for several frames, then 406', async () => {
    expect((await get(`${path}/1,2`, `${octets}; transfer-syntax=*`)).status).toBe(406);
  });

  it.each(['1%2C2', '1,%202', '1, 2'.replace(' ', '%20'), '1,2'])('given the frame list %s, then both frames', async (list) => {
    expect(partsOf(await get(`${path}/${list}`)).map(({ body }) => body)).toEqual(frames.slice(0, 2));
  });

  it('given /FRAMES in another letter case, then the same', async () => {
    expect(partsOf(await get(`${instancePath(three)}/Frames/1`)).map(({ body }) => body)).toEqual(frames.slice(0, 1));
  });

  it.each(['0', '-1', 'x', '1.5', '1,', ',', '1,,2', '1;2', '99999999999', '1,0'])('given the frame list %s, then 400 that says what is allowed, also when there is no such instance', async (list) => {
    const { status, body } = await get(`${path}/${list}`);
    expect(status).toBe(400);
    expect(body.toString()).toContain('from 1');
    expect((await get(`${instancePath(identityOf('nobody'))}/frames/${list}`)).status).toBe(400);
  });

  it.each(['4', '1,2,3,4', '1000000'])('given frames %s of three, then 404 that says how many there are', async (list) => {
    const { status, body } = await get(`${path}/${list}`);
    expect(status).toBe(404);
    expect(body.toString()).toContain('3');
  });

  it('given an instance that does not exist or has no pixels, then 404', async () => {
    expect((await get(`${instancePath(identityOf('nobody'))}/frames/1`)).status).toBe(404);
    expect((await get(`${instancePath(noPixels)}/frames/1`)).status).toBe(404);
  });

  it('given a UID that is none, then 400; with an unsupported Accept header 406', async () => {
    const wrong = `/studies/1_2/series/${three.seriesInstanceUid}/instances/${three.sopInstanceUid}/frames/1`;
    expect((await get(wrong)).status).toBe(400);
    expect((await get(wrong, 'text/html')).status).toBe(406);
    expect((await get(`/studies/${uidOf('none')}/series/1/instances/2/frames/1`, 'text/html')).status).toBe(406);
  });

  it.each([[multipart(octets, '1.2.3')], [multipart(octets, '1.2.840.10008.1.2.4.50')], ['image/jpeg'], ['application/dicom'], ['image/png'], [multipart('image/jp2', explicitLittleEndian)]])('given the Accept header %s under /v2, then 406', async (accept) => {
    expect((await get(`${path}/1`, accept)).status).toBe(406);
  });

  it.each([[multipart('image/jp2')], [multipart('image/jp2', jpeg2000Lossless)]])('given JPEG 2000 frames and the Accept header %s, then 200 as image/jp2', async (accept) => {
    const parts = partsOf(await get(`${instancePath(identityOfFixture(j2k))}/frames/1,4`, accept));
    expect(parts.map(({ headers }) => headers['content-type'])).toEqual([1, 2].map(() => `image/jp2; transfer-syntax=${jpeg2000Lossless}`));
    expect(parts.map(({ body }) => hashOf(body))).toEqual([factsOf(j2k).frame_sha256![0], factsOf(j2k).frame_sha256![3]]);
  });

  it.each(fixtures)('given %s and transfer-syntax=*, then each frame is as it is stored', async (of) => {
    const { frame_sha256: expected = [], transfer_syntax: transferSyntax } = factsOf(of);
    const parts = partsOf(await get(`${instancePath(identityOfFixture(of))}/frames/${expected.map((_none, at) => at + 1).join(',')}`, multipart(octets, '*')));
    expect(parts.map(({ body }) => hashOf(body))).toEqual(expected);
    for (const { headers } of parts) expect(headers['content-type']).toBe(`application/octet-stream; transfer-syntax=${transferSyntax}`);
  });

  it('given the ETag of a frame, then 304, and another form of it is another representation', async () => {
    const { headers } = await get(`${path}/1`, multipart(octets, '*'));
    expect((await get(`${path}/1`, multipart(octets, '*'), { 'if-none-match': headers.etag! })).status).toBe(304);
    expect((await get(`${path}/1`, `${octets}; transfer-syntax=*`, { 'if-none-match': headers.etag! })).status).toBe(200);
  });

  it('given frames of an instance that is replaced, then those of the new version', async () => {
    const of = identityOf('replaced frames');
    const bytesOf = async (): Promise<Buffer> => (await get(`${instancePath(of)}/frames/1`, `${octets}; transfer-syntax=*`)).body;
    await given(v2, [smallInstance(of)]);
    const before = await bytesOf();
    await given(v2, [smallInstance(of, { with: [element(0x7fe00010, 'OW', Buffer.alloc(16, 7))] })], { method: 'PUT' });
    expect(await bytesOf()).toEqual(Buffer.alloc(16, 7));
    expect(before).not.toEqual(Buffer.alloc(16, 7));
  });
});

describe('Frames under /dicom-web', () => {
  it.each([
    [jpeg, 'image/jpeg', 'image/jpeg'], [jpeg, 'image/*', 'image/jpeg'], [jpeg, multipart('image/jpeg', '1.2.840.10008.1.2.4.50'), 'image/jpeg'], ['transfer-syntax/jpeg-ls-80.dcm', 'image/jls', 'image/jls'],
    ['transfer-syntax/rle-5.dcm', 'image/dicom-rle', 'image/dicom-rle'], [j2k, 'image/jp2', 'image/jp2'], [jpeg, multipart('image/*'), 'image/jpeg'], [jpeg, `${octets}; transfer-syntax=1.2.840.10008.1.2.4.50`, octets],
    ['transfer-syntax/crafted-4-201.dcm', 'image/jphc', 'image/jphc'],
  ])('given %s and the Accept header %s, then 200 as %s', async (of, accept, type) => {
    if (!fixtures.includes(of)) await given(web, [fixture(of)]);
    const answer = await get(`${instancePath(identityOfFixture(of))}/frames/1`, accept, {}, web);
    expect(answer.status).toBe(200);
    const expected = `${type}; transfer-syntax=${factsOf(of).transfer_syntax}`;
    expect(accept.startsWith('multipart') ? partsOf(answer)[0]?.headers['content-type'] : answer.headers['content-type']).toBe(expected);
  });

  it('given Implicit VR and no transfer syntax asked, then the frames, which are the same in Explicit VR', async () => {
    const of = 'transfer-syntax/implicit-le.dcm';
    const parts = partsOf(await get(`${instancePath(identityOfFixture(of))}/frames/1`, multipart(octets), {}, web));
    expect(parts.map(({ body, headers }) => [hashOf(body), headers['content-type']])).toEqual([[factsOf(of).frame_sha256![0], `application/octet-stream; transfer-syntax=${explicitLittleEndian}`]]);
  });

  it('given images asked of frames that are none, then 406', async () => {
    expect((await get(`${path}/1`, 'image/*', {}, web)).status).toBe(406);
  });
});

describe('Transcoded frames', () => {
  const images = [
    'explicit-le/u8', 'explicit-be/u16', 'j2k-90/u8', 'j2k-90/u12', 'j2k-90/u16', 'j2k-90/rgb', 'j2k-90/3-fragments', 'jpeg-57/u16', 'jpeg-70/u8', 'jpeg-70/u16', 'jpeg-70/rgb', 'jpeg-ls-80/u8', 'jpeg-ls-80/u16', 'rle-5/u8', 'rle-5/u12', 'htj2k-201/u16',
  ].map((name) => `${name}.dcm`);

  it.each(images)('given %s as application/octet-stream, then the pixels that other decoders find', async (name) => {
    const of = await storedPath(web, image(name));
    for (const [root, accept] of [[v2, multipart(octets)], [v2, multipart(octets, explicitLittleEndian)], [web, octets]] as const) {
      const answer = await get(`${of}/frames/1`, accept, {}, root);
      const [content, type] = accept === octets ? [answer.body, answer.headers['content-type']] : [partsOf(answer)[0]!.body, partsOf(answer)[0]!.headers['content-type']];
      expect([type, hashOf(content)]).toEqual([`application/octet-stream; transfer-syntax=${explicitLittleEndian}`, imageFacts(name).reference.pixels_sha256_of_frame0]);
    }
  });

  it('given frames of 4 bytes as image/jp2, then as many parts, in the order asked, which are JPEG 2000', async () => {
    for (const accept of [multipart('image/jp2'), multipart('image/jp2', jpeg2000Lossless)]) {
      const parts = partsOf(await get(`${path}/3,1,2,3`, accept));
      expect(parts.map(({ headers }) => headers['content-type'])).toEqual(Array.from({ length: 4 }, () => `image/jp2; transfer-syntax=${jpeg2000Lossless}`));
      expect(parts.every(({ body }) => body.readUInt32BE(0) === 0xff4fff51)).toBe(true);
      expect(parts[0]!.body).toEqual(parts[3]!.body);
    }
  });

  it.each([
    ['image/jpeg', undefined, '1.2.840.10008.1.2.4.70', 'ffd8ff'], ['image/jpeg', '1.2.840.10008.1.2.4.50', '1.2.840.10008.1.2.4.50', 'ffd8ff'], ['image/jls', undefined, '1.2.840.10008.1.2.4.80', 'ffd8ff'],
    ['image/jp2', undefined, jpeg2000Lossless, 'ff4fff51'], ['image/jphc', undefined, '1.2.840.10008.1.2.4.201', 'ff4fff51'], ['image/dicom-rle', undefined, '1.2.840.10008.1.2.5', '01000000'],
  ])('given %s with the transfer syntax %s under /dicom-web, then %s', async (type, named, transferSyntax, begins) => {
    const [part] = partsOf(await get(`${await storedPath(web, image('explicit-le/u8.dcm'))}/frames/1`, multipart(type, named), {}, web));
    expect(part!.headers['content-type']).toBe(`${type}; transfer-syntax=${transferSyntax}`);
    expect(part!.body.toString('hex')).toMatch(new RegExp(`^${begins}`));
  });

  it.each([
    ['explicit-le/u32.dcm', 'image/jp2', undefined], ['explicit-le/u16.dcm', 'image/jpeg', '1.2.840.10008.1.2.4.50'], ['explicit-le/u8.dcm', 'image/jxl', undefined], ['explicit-le/u8.dcm', 'video/mp4', undefined], ['explicit-le/u8.dcm', 'image/jls', '1.2.840.10008.1.2.4.81'],
  ])('given %s as %s with the transfer syntax %s, which cannot be, then 406', async (name, type, named) => {
    const { status, body } = await get(`${await storedPath(web, image(name))}/frames/1`, multipart(type, named), {}, web);
    expect([status, body.toString()]).toEqual([406, expect.stringMatching(/\w/)]);
  });

  it('given the ETag of frames as they are stored, then transcoded ones are another representation', async () => {
    const of = `${await storedPath(web, image('j2k-90/u8.dcm'))}/frames/1`;
    const { headers } = await get(of, multipart(octets, '*'));
    const transcoded = await get(of, multipart(octets), { 'if-none-match': headers.etag! });
    expect(transcoded.status).toBe(200);
    expect((await get(of, multipart(octets), { 'if-none-match': transcoded.headers.etag! })).status).toBe(304);
  });
});
