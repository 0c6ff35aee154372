import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NOT_KEPT, Part10Scanner, type ScannedPart10 } from '@isocenter/dicom';
import { createHash } from 'node:crypto';
import { startArchive, type Archive } from '../support/archive.js';
import { element, us } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart } from '../support/multipart.js';
import { fixture, identityOf, smallInstance } from './small-instance.js';
import { image, imageFacts, storedPath } from './stored-images.js';
import { given } from './store-request.js';

let archive: Archive;
let v1: string;
let v2: string;
let web: string;

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const jpeg2000Lossless = '1.2.840.10008.1.2.4.90';
const single = (uid?: string): string => `application/dicom${uid === undefined ? '' : `; transfer-syntax=${uid}`}`;
const multipart = (uid: string): string => `multipart/related; type="application/dicom"; transfer-syntax=${uid}`;

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2, web] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string, string];
});
afterAll(() => archive.end());

const get = (of: string, accept: string, root = v2, headers: Record<string, string> = {}): Promise<Answer> => call(`${root}${of}`, { headers: { accept, ...headers } });
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const scan = async (bytes: Buffer): Promise<ScannedPart10> => {
  const scanner = new Part10Scanner();
  await scanner.push(bytes);
  return scanner.end();
};

/** Image Pixel attributes, Pixel Data, and those that tell of lossy compression. */
const ofPixels = (tag: number): boolean => tag >>> 16 === 0x7fe0 || tag === 0x00280002 || tag === 0x00280004 || tag === 0x00280006 || (tag >= 0x00280100 && tag <= 0x00280103) || (tag >= 0x00282110 && tag <= 0x00282114);

/** Values of all elements but those, in order, in sequences too; of the File Meta all but Group Length and Transfer Syntax UID. */
const valuesOf = ({ elements, kept }: ScannedPart10): string[] => {
  const values: string[] = [];
  for (let row = 0; row < elements.count; row += 1) {
    const [tag, from] = [elements.tags[row]!, elements.kept[row]!];
    if ((elements.depths[row] === 0 && ofPixels(tag)) || tag === 0x00020000 || tag === 0x00020010 || (tag & 0xffff) === 0) continue;
    values.push(`${elements.depths[row]} ${tag.toString(16)} ${from === NOT_KEPT ? '' : kept.toString('hex', from, from + elements.lengths[row]!)}`);
  }
  return values;
};

const successful = async (of: string, accept: string, root = v2): Promise<Buffer> => {
  const { status, body, headers } = await get(of, accept, root);
  expect([status, status === 200 ? '' : body.toString()]).toEqual([200, '']);
  expect(headers['content-type']).toBe(accept.includes('transfer-syntax') ? accept : `${accept}; transfer-syntax=${explicitLittleEndian}`);
  return body;
};

describe('Instances in Explicit VR Little Endian', () => {
  const images = [
    'implicit-le/u16', 'deflated/u16', 'explicit-be/u16', 'explicit-be/u8-ow', 'explicit-be/u8-ob', 'j2k-90/u8', 'j2k-90/u12', 'j2k-90/u16', 'j2k-90/s16', 'j2k-90/rgb', 'j2k-90/3-fragments', 'jpeg-57/u16', 'jpeg-70/u8', 'jpeg-70/rgb', 'jpeg-ls-80/u12', 'rle-5/u12', 'rle-5/s16', 'htj2k-201/u16',
  ].map((name) => `${name}.dcm`);

  it.each(images)('given %s, then the pixels are those that other decoders find, and all other values stay', async (name) => {
    const of = await storedPath(web, image(name));
    const before = await scan(image(name));
    for (const [root, accept] of [[v2, single()], [v2, single(explicitLittleEndian)], [v1, single()], [web, single()]] as const) {
      const bytes = await successful(of, accept, root);
      const file = await scan(bytes);
      const { offset, length, encapsulated } = file.pixelData!;
      expect([file.transferSyntaxUid, file.explicitVr, file.littleEndian, encapsulated]).toEqual([explicitLittleEndian, true, true, false]);
      expect(valuesOf(file)).toEqual(before.littleEndian ? valuesOf(before) : expect.anything());
      expect([0, 1].map((padding) => hashOf(bytes.subarray(offset, offset + length - padding)))).toContain(imageFacts(name).reference.pixels_sha256_of_frame0);
    }
  });

  it.each(['values/implicit-signed.dcm'])('given sequences in implicit VR (%s), then all that is in them stays', async (name) => {
    const file = await scan(await successful(await storedPath(web, fixture(name)), single()));
    expect(valuesOf(file)).toEqual(valuesOf(await scan(fixture(name))));
    expect(file.explicitVr).toBe(true);
  });

  it('given implicit VR and no pixels, then headers are written anew', async () => {
    const bytes = smallInstance(identityOf('implicit without pixels'), { implicit: true, without: [0x7fe00010] });
    const file = await scan(await successful(await storedPath(web, bytes), single()));
    expect([file.transferSyntaxUid, file.explicitVr, valuesOf(file)]).toEqual([explicitLittleEndian, true, valuesOf(await scan(bytes))]);
  });

  it('given implicit VR and pixels that nobody can show, then headers are written anew', async () => {
    const shape = { without: [0x00280010, 0x00280011], with: [element(0x00280100, 'US', us(12))] };
    const bytes = smallInstance(identityOf('implicit without rows'), { implicit: true, ...shape });
    const file = await scan(await successful(await storedPath(web, bytes), single()));
    expect([file.explicitVr, valuesOf(file)]).toEqual([true, valuesOf(await scan(bytes))]);
  });

  it('given many frames of an odd number of bytes, then they lie side by side, padded at the end', async () => {
    const of = identityOf('odd frames');
    const pixels = Buffer.from(Array.from({ length: 27 }, (_none, at) => at));
    const native = smallInstance(of, { with: [element(0x00280008, 'IS', '3'), element(0x00280010, 'US', us(3)), element(0x00280011, 'US', us(3)), element(0x7fe00010, 'OB', Buffer.concat([pixels, Buffer.alloc(1)]))] });
    const rle = await successful(await storedPath(web, native), single('1.2.840.10008.1.2.5'), web);
    await storedPath(web, rle);
    const bytes = await successful(instancePath(of), single(explicitLittleEndian), web);
    const { offset, length } = (await scan(bytes)).pixelData!;
    expect([length, bytes.subarray(offset, offset + 27)]).toEqual([28, pixels]);
    expect(bytes).toEqual(native);
  });
});

describe('Native samples of compressed colours', () => {
  const samples = Buffer.from(Array.from({ length: 48 }, (_none, at) => at * 5));
  const colours = (photometric: string, planar: number): Buffer[] => [
    element(0x00280002, 'US', us(3)), element(0x00280004, 'CS', photometric), element(0x00280006, 'US', us(planar)), element(0x7fe00010, 'OB', samples),
  ];

  it('given Planar Configuration 1, then frames lie plane after plane, as the metadata say, and the instance is what it was', async () => {
    const of = identityOf('planes');
    const native = smallInstance(of, { with: colours('RGB', 1) });
    // The encoder lays pixels side by side; writers of RLE often leave Planar Configuration as it was.
    const rle = await successful(await storedPath(web, native), single('1.2.840.10008.1.2.5'), web);
    rle.writeUInt16LE(1, rle.indexOf(element(0x00280006, 'US', us(0)).subarray(0, 8)) + 8);
    await storedPath(web, rle);
    expect((await get(`${instancePath(of)}/frames/1`, 'application/octet-stream', web)).body).toEqual(samples);
    expect(await successful(instancePath(of), single())).toEqual(native);
  });

  it('given lossy JPEG that is named YBR_FULL_422, then frames and instance are RGB', async () => {
    const of = await storedPath(web, image('jpeg-50/ybr-422.dcm'));
    const bytes = await successful(of, single());
    const { pixelData, elements, kept } = await scan(bytes);
    const row = elements.tags.indexOf(0x00280004);
    expect(kept.toString('latin1', elements.kept[row], elements.kept[row]! + elements.lengths[row]!).trim()).toBe('RGB');
    const { body } = await get(`${of}/frames/1`, 'application/octet-stream', web);
    expect(body).toEqual(bytes.subarray(pixelData!.offset, pixelData!.offset + body.length));
    expect(body.length + (body.length % 2)).toBe(pixelData!.length);
  });
});

describe('Instances in JPEG 2000 Lossless', () => {
  const images = ['explicit-le/u8', 'explicit-le/u12', 'explicit-le/s16', 'explicit-le/rgb', 'implicit-le/u16', 'explicit-be/u16', 'deflated/u16', 'jpeg-70/u16', 'rle-5/u12'].map((name) => `${name}.dcm`);

  it.each(images)('given %s, then one fragment a frame, whose pixels are the same', async (name) => {
    const of = await storedPath(web, image(name));
    const before = await scan(image(name));
    const file = await scan(await successful(of, single(jpeg2000Lossless)));
    expect([file.transferSyntaxUid, file.pixelData?.encapsulated, file.fragments.length / 2]).toEqual([jpeg2000Lossless, true, 1]);
    expect(valuesOf(file)).toEqual(before.littleEndian ? valuesOf(before) : expect.anything());
    await storedPath(web, await successful(of, single(jpeg2000Lossless)));
    const back = await get(`${of}/frames/1`, 'application/octet-stream', web);
    expect(hashOf(back.body)).toBe(imageFacts(name).reference.pixels_sha256_of_frame0);
  });

  it('given several frames, then a fragment for each, in order', async () => {
    const of = identityOf('frames to JPEG 2000');
    const pixels = Buffer.from(Array.from({ length: 40 }, (_none, at) => at * 6));
    const native = smallInstance(of, { with: [element(0x00280008, 'IS', '10'), element(0x00280010, 'US', us(2)), element(0x00280011, 'US', us(2)), element(0x7fe00010, 'OB', pixels)] });
    const j2k = await successful(await storedPath(web, native), single(jpeg2000Lossless));
    expect((await scan(j2k)).fragments.length / 2).toBe(10);
    await storedPath(web, j2k);
    expect(await successful(instancePath(of), single())).toEqual(native);
  });
});

describe('Instances of other transfer syntaxes under /dicom-web', () => {
  it.each([['1.2.840.10008.1.2', 'explicit-le/u16.dcm'], ['1.2.840.10008.1.2.4.50', 'explicit-le/u8.dcm'], ['1.2.840.10008.1.2.4.70', 'explicit-le/s16.dcm'], ['1.2.840.10008.1.2.4.80', 'explicit-le/rgb.dcm'], ['1.2.840.10008.1.2.4.201', 'explicit-le/u12.dcm'], ['1.2.840.10008.1.2.5', 'explicit-le/u32.dcm']])(
'given %s for %s, then it; under /v2 406', async (uid, name) => {
      const of = await storedPath(web, image(name));
      expect((await scan(await successful(of, single(uid), web))).transferSyntaxUid).toBe(uid);
      expect((await get(of, single(uid))).status).toBe(406);
    });

  it('given a lossy one, then the data set says so', async () => {
    const file = await scan(await successful(await storedPath(web, image('explicit-le/u8.dcm')), single('1.2.840.10008.1.2.4.50'), web));
    const { elements, kept } = file;
    const textOf = (tag: number): string => {
      const row = elements.tags.indexOf(tag);
      return kept.toString('latin1', elements.kept[row]!, elements.kept[row]! + elements.lengths[row]!).trim();
    };
    expect([textOf(0x00282110), textOf(0x00282114), Number(textOf(0x00282112)) > 0]).toEqual(['01', 'ISO_10918_1', true]);
  });
});

describe('Studies and series in another transfer syntax', () => {
  const one = identityOf('mixed', 'series', '1');
  const pixels = (count: number): Buffer => element(0x7fe00010, 'OB', Buffer.alloc(count, 7));

  it('given instances of which some have it, then those are as they were sent, and the others are transcoded', async () => {
    const explicit = smallInstance(one);
    const implicit = smallInstance(identityOf('mixed', 'series', '2'), { implicit: true });
    await given(web, [explicit, implicit]);
    for (const path of [`/studies/${one.studyInstanceUid}`, `/studies/${one.studyInstanceUid}/series/${one.seriesInstanceUid}`]) {
      const { status, body, headers } = await get(path, multipart(explicitLittleEndian));
      const parts = parseMultipart(body, headers['content-type']!);
      expect([status, parts.map((part) => part.headers['content-type'])]).toEqual([200, [1, 2].map(() => `application/dicom; transfer-syntax=${explicitLittleEndian}`)]);
      expect(parts.map((part) => part.body.equals(explicit))).toContain(true);
    }
    const { status, body, headers } = await get(`/studies/${one.studyInstanceUid}`, multipart(jpeg2000Lossless));
    expect(status).toBe(200);
    for (const part of parseMultipart(body, headers['content-type']!)) expect((await scan(part.body)).transferSyntaxUid).toBe(jpeg2000Lossless);
  });

  it('given one instance that cannot be transcoded, then 406 for all, before the first byte', async () => {
    const [good, bad] = [identityOf('one cannot', 'series', '1'), identityOf('one cannot', 'series', '2')];
    await given(web, [
      smallInstance(good),
      smallInstance(bad, { with: [element(0x00280100, 'US', us(32)), element(0x00280101, 'US', us(32)), element(0x00280102, 'US', us(31)), pixels(64)] }),
    ]);
    const { status, body } = await get(`/studies/${good.studyInstanceUid}`, multipart(jpeg2000Lossless));
    expect([status, body.toString()]).toEqual([406, expect.stringContaining('32 bits')]);
    expect((await get(`/studies/${good.studyInstanceUid}`, multipart(explicitLittleEndian))).status).toBe(200);
  });

  it.each([
    ['a palette for JPEG Baseline', '1.2.840.10008.1.2.4.50', [element(0x00280004, 'CS', 'PALETTE COLOR')], 'PALETTE COLOR'],
    ['a sign for JPEG Baseline', '1.2.840.10008.1.2.4.50', [element(0x00280103, 'US', us(1))], 'samples without a sign'],
    ['a single row for JPEG 2000', '1.2.840.10008.1.2.4.90', [element(0x00280010, 'US', us(1)), element(0x00280011, 'US', us(16))], '2 × 2 pixels'],
    ['colours of 16 bits for HTJ2K', '1.2.840.10008.1.2.4.201', [element(0x00280002, 'US', us(3)), element(0x00280004, 'CS', 'RGB'), element(0x00280006, 'US', us(0)), element(0x00280100, 'US', us(16)), element(0x00280101, 'US', us(16)), element(0x00280102, 'US', us(15)), pixels(96)], 'colours of 8 bits'],
    ['colours of 64 bits for RLE', '1.2.840.10008.1.2.5', [element(0x00280002, 'US', us(3)), element(0x00280004, 'CS', 'RGB'), element(0x00280006, 'US', us(0)), element(0x00280100, 'US', us(64)), element(0x00280101, 'US', us(64)), element(0x00280102, 'US', us(63)), pixels(384)], 'colours of 8, 16, 32 bits'],
  ])('given %s behind many that can be transcoded, then 406 for all that says what can', async (what, uid, elements, text) => {
    const all = Array.from({ length: 12 }, (_none, at) => identityOf(what, 'series', String(at)));
    await given(web, all.map((of, at) => smallInstance(of, { with: at === 11 ? elements : [] })));
    const { status, body } = await get(`/studies/${all[0]!.studyInstanceUid}`, multipart(uid), web);
    expect([status, body.toString()]).toEqual([406, expect.stringContaining(text)]);
    const frame = await get(`${instancePath(all[11]!)}/frames/1`, `multipart/related; type="application/octet-stream"; transfer-syntax=${uid}`, web);
    expect(frame.status).toBe(406);
  });

  it('given one whose frames cannot be told apart, behind many that can be transcoded, then 406 for all, before the first byte', async () => {
    const all = Array.from({ length: 12 }, (_none, at) => identityOf('one has no frames', 'series', String(at)));
    await given(web, all.map((of, at) => smallInstance(of, { with: at === 11 ? [pixels(6)] : [] })));
    const { status, body } = await get(`/studies/${all[0]!.studyInstanceUid}`, multipart(jpeg2000Lossless));
    expect([status, body.toString()]).toEqual([406, expect.stringContaining('cannot be transcoded')]);
  });

  it('given a video, then 406 that says how to ask', async () => {
    const of = await storedPath(web, fixture('transfer-syntax/crafted-4-100.dcm'));
    const { status, body } = await get(of, single());
    expect([status, body.toString()]).toEqual([406, expect.stringContaining('transfer-syntax=*')]);
  });

  it('given a damaged frame, then 406, and the archive goes on', async () => {
    const bytes = image('j2k-90/u16.dcm');
    const at = (await scan(bytes)).fragments[0]!;
    const damaged = Buffer.from(bytes);
    damaged.fill(0x55, at + 2, at + 200);
    const of = await storedPath(web, damaged);
    expect((await get(of, single())).status).toBe(406);
    expect((await get(of, single('*'))).body).toEqual(damaged);
    expect((await get(await storedPath(web, image('j2k-90/u8.dcm')), single())).status).toBe(200);
  });

  it('given a damaged frame behind good ones, then there is no answer that looks whole, and the archive goes on', async () => {
    const of = identityOf('damaged behind good ones');
    const pixels = element(0x7fe00010, 'OB', Buffer.from(Array.from({ length: 6 * 64 }, (_none, at) => at)));
    const native = smallInstance(of, { with: [element(0x00280008, 'IS', '6'), element(0x00280010, 'US', us(8)), element(0x00280011, 'US', us(8)), pixels] });
    const damaged = await successful(await storedPath(web, native), single(jpeg2000Lossless));
    const { fragments } = await scan(damaged);
    damaged.fill(0x55, fragments.at(-2)! + 2, fragments.at(-2)! + 60);
    const path = await storedPath(web, damaged);
    // Behind a gateway that had no byte of the answer yet it is a 503.
    expect((await get(path, single()).catch(() => undefined))?.status).not.toBe(200);
    expect((await get(`${path}/frames/1`, 'application/octet-stream', web)).body).toEqual(Buffer.from(Array.from({ length: 64 }, (_none, at) => at)));
  });

  it('given HEAD, then what GET would say without a body; given Range, then the whole', async () => {
    const of = await storedPath(web, image('j2k-90/u8.dcm'));
    const whole = await get(of, single());
    const head = await call(`${v2}${of}`, { method: 'HEAD', headers: { accept: single() } });
    expect([head.status, head.headers['content-type'], head.headers.etag, head.body.length]).toEqual([200, whole.headers['content-type'], whole.headers.etag, 0]);
    expect(whole.headers.vary).toContain('Accept');
    const ranged = await get(of, single(), v2, { range: 'bytes=0-9' });
    expect([ranged.status, ranged.headers['accept-ranges'], ranged.body.equals(whole.body)]).toEqual([200, undefined, true]);
  });

  it('given the ETag of one form, then another is another representation, and its own is 304', async () => {
    const of = await storedPath(web, image('j2k-90/u8.dcm'));
    const { headers } = await get(of, single('*'));
    const transcoded = await get(of, single(), v2, { 'if-none-match': headers.etag! });
    expect(transcoded.status).toBe(200);
    expect((await get(of, single(), v2, { 'if-none-match': transcoded.headers.etag! })).status).toBe(304);
  });
});
