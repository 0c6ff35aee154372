import { randomBytes } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { element, us } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { readJpeg, readPng } from '../support/picture.js';
import { startArchive, type Archive } from '../support/archive.js';
import { type Identity } from '../support/synthetic-instance.js';
import { until } from '../invariants/until.js';
import { uidOf } from '../support/uid.js';
import { fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';
import { renderImage, renderReferences, storedPath } from './stored-images.js';

let archive: Archive;
const roots = { v1: '', v2: '', web: '' };

const maxPixels = 1_000_000;
/** 4 x 4 pixels from 0 to 240, with a window that shows them as they are. */
const small = identityOf('small');
const windowed = (center: string, width: string): Buffer[] => [element(0x00281050, 'DS', center), element(0x00281051, 'DS', width)];
const shown = Array.from({ length: 16 }, (_none, at) => at * 16);
/** Three frames of 2 x 2 pixels. */
const three = identityOf('three');
const noPixels = identityOf('no pixels');
const tooLarge = identityOf('too large');
const damaged = identityOf('damaged');
const fixtures = [
  'explicit-le', 'implicit-le', 'explicit-be', 'deflated', 'jpeg-baseline-50', 'jpeg-extended-51', 'jpeg-lossless-57', 'jpeg-lossless-70', 'jpeg-ls-80', 'jpeg-ls-81', 'rle-5', 'j2k-90', 'j2k-91',
].map((name) => `transfer-syntax/${name}.dcm`);

beforeAll(async () => {
  archive = await startArchive({ env: { IMAGE_MAX_PIXELS: String(maxPixels) } });
  Object.assign(roots, { v1: `${archive.baseUrl}/v1`, v2: `${archive.baseUrl}/v2`, web: `${archive.baseUrl}/dicom-web` });
  await given(roots.v2, [
    smallInstance(small, { with: windowed('128', '256') }),
    smallInstance(three, { with: [...windowed('128', '256'), element(0x00280008, 'IS', '3'), element(0x00280010, 'US', us(2)), element(0x00280011, 'US', us(2)), element(0x7fe00010, 'OB', Buffer.from(shown.slice(0, 12)))] }),
    smallInstance(noPixels, { without: [0x7fe00010] }),
    smallInstance(tooLarge, { with: [element(0x00280010, 'US', us(1001)), element(0x00280011, 'US', us(1000)), element(0x7fe00010, 'OB', Buffer.alloc(1_001_000))] }),
    smallInstance(damaged, { with: [element(0x00280102, 'US', us(3))] }),
  ]);
  await given(roots.web, fixtures.map(fixture));
});
afterAll(() => archive.end());

const get = (path: string, accept?: string, { root = roots.v2, headers = {} }: { root?: string; headers?: Record<string, string> } = {}): Promise<Answer> =>
  call(`${root}${path}`, { headers: { ...(accept !== undefined && { accept }), ...headers } });
const ofSmall = `${instancePath(small)}/rendered`;
const typeOf = ({ status, headers, body }: Answer): unknown[] => [status, headers['content-type'], status === 200 ? '' : body.toString()];

describe('Rendered instance', () => {
  it.each([[undefined, 'image/jpeg'], ['*/*', 'image/jpeg'], ['image/*', 'image/jpeg'], ['image/jpeg', 'image/jpeg'], ['image/png', 'image/png'], ['image/jpeg;q=0.5, image/png', 'image/png']])(
    'given the Accept header %s, then 200 as %s', async (accept, type) => {
      for (const root of Object.values(roots)) {
        const answer = await get(ofSmall, accept, { root });
        expect(typeOf(answer)).toEqual([200, type, '']);
        expect(answer.headers['content-length']).toBe(String(answer.body.length));
        const { width, height, channels } = type === 'image/png' ? readPng(answer.body) : readJpeg(answer.body);
        expect([width, height, channels]).toEqual([4, 4, 1]);
      }
    });

  it('given PNG, then the pixels are those of the window', async () => {
    expect([...readPng((await get(ofSmall, 'image/png')).body).pixels]).toEqual(shown);
  });

  it.each(fixtures)('given the fixture %s, then a picture', async (path) => {
    const answer = await get(`${instancePath(identityOfFixture(path))}/rendered`, 'image/jpeg');
    expect(typeOf(answer)).toEqual([200, 'image/jpeg', '']);
    expect(readJpeg(answer.body).width).toBeGreaterThan(0);
  });

  it('given several frames, then the first one', async () => {
    expect([...readPng((await get(`${instancePath(three)}/rendered`, 'image/png')).body).pixels]).toEqual(shown.slice(0, 4));
  });

  it('given quality, then a JPEG of fewer bytes for a lower one, 100 without one, and PNG is the same', async () => {
    const path = `${instancePath(identityOfFixture('transfer-syntax/explicit-le.dcm'))}/rendered`;
    const [low, high, standard] = await Promise.all(['?quality=1', '?quality=100', ''].map(async (query) => (await get(`${path}${query}`)).body));
    expect(low!.length).toBeLessThan(high!.length);
    expect(standard).toEqual(high);
    expect((await get(`${path}?quality=1`, 'image/png')).body).toEqual((await get(path, 'image/png')).body);
  });

  it.each(['0', '101', '-1', '50.5', 'high', ''])('given the quality "%s", then 400 that says what is allowed', async (quality) => {
    const { status, body } = await get(`${ofSmall}?quality=${quality}`);
    expect([status, body.toString()]).toEqual([400, expect.stringMatching(/'quality'.*1 to 100/)]);
  });

  it.each([['image/jpeg;q=0, */*', 'image/png'], ['image/jpeg;q=0, image/*;q=0.1', 'image/png'], ['image/jpg', 'image/jpeg']])('given the Accept header %s, then %s', async (accept, type) => {
    expect(typeOf(await get(ofSmall, accept))).toEqual([200, type, '']);
  });

  it.each(['image/*;q=0, */*', 'image/jpeg;q=0, image/png;q=0, */*', 'image/gif', 'image/webp', 'image/tiff', 'application/dicom', 'text/plain', 'image/png;q=0'])('given the Accept header %s, then 406, before UIDs are looked at', async (accept) => {
    expect((await get(ofSmall, accept)).status).toBe(406);
    expect((await get('/studies/1_2/series/1/instances/1/rendered', accept)).status).toBe(406);
  });

  it('given no pixel data, then 404', async () => {
    for (const path of ['rendered', 'frames/1/rendered']) expect((await get(`${instancePath(noPixels)}/${path}`)).status).toBe(404);
  });

  it('given an instance that does not exist, then 404; and a UID that is none, then 400', async () => {
    expect((await get(`${instancePath({ ...small, sopInstanceUid: uidOf('none') })}/rendered`)).status).toBe(404);
    expect((await get(`${instancePath({ ...small, sopInstanceUid: 'a_b' })}/rendered`)).status).toBe(400);
  });

  it('given more pixels than are decoded, then 406 that says how many are', async () => {
    const { status, body } = await get(`${instancePath(tooLarge)}/rendered`);
    expect([status, body.toString()]).toEqual([406, expect.stringContaining(String(maxPixels))]);
  });

  it.each([['palette', [element(0x00280004, 'CS', 'PALETTE COLOR')]], ['VOI LUT', [element(0x00283010, 'SQ', [[element(0x00283002, 'US', us(4, 0, 8))]])]]])('given a %s that there is not, then 406 and not another picture', async (name, elements) => {
    const of = identityOf(`without ${name}`);
    await given(roots.v2, [smallInstance(of, { with: elements })]);
    const { status, body } = await get(`${instancePath(of)}/rendered`);
    expect([status, body.toString()]).toEqual([406, expect.stringContaining(name)]);
  });

  it('given a picture of more than a megabyte, then all of it', async () => {
    const of = identityOf('large picture');
    const noise = randomBytes(600 * 700 * 3);
    await given(roots.v2, [smallInstance(of, { with: [element(0x00280002, 'US', us(3)), element(0x00280004, 'CS', 'RGB'), element(0x00280006, 'US', us(0)), element(0x00280010, 'US', us(600)), element(0x00280011, 'US', us(700)), element(0x7fe00010, 'OB', noise)] })]);
    const { status, headers, body } = await get(`${instancePath(of)}/rendered`, 'image/png');
    expect([status, headers['content-length'], Buffer.from(readPng(body).pixels).equals(noise)]).toEqual([200, String(body.length), true]);
    expect(body.length).toBeGreaterThan(1024 * 1024);
  });

  it('given an image that contradicts itself, then 406 that says how', async () => {
    const { status, body } = await get(`${instancePath(damaged)}/rendered`);
    expect([status, body.toString()]).toEqual([406, expect.stringContaining('High Bit')]);
  });

  it('given its ETag, then 304; and other parameters are another picture', async () => {
    const { headers } = await get(ofSmall);
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    const again = async (path: string, accept?: string): Promise<number> => (await get(path, accept, { headers: { 'if-none-match': headers.etag! } })).status;
    expect([await again(ofSmall), await again(`${ofSmall}?quality=5`), await again(ofSmall, 'image/png'), await again(`${instancePath(small)}/frames/1/rendered`)]).toEqual([304, 200, 200, 304]);
  });

  it('given HEAD, then the headers and no body', async () => {
    const { status, headers, body } = await call(`${roots.v2}${ofSmall}`, { method: 'HEAD' });
    expect([status, headers['content-type'], body.length]).toEqual([200, 'image/jpeg', 0]);
  });
});

describe('Rendered frame', () => {
  it.each([1, 2, 3])('given frame %i, then its picture', async (number) => {
    for (const root of Object.values(roots)) {
      expect([...readPng((await get(`${instancePath(three)}/frames/${number}/rendered`, 'image/png', { root })).body).pixels]).toEqual(shown.slice(4 * number - 4, 4 * number));
    }
  });

  it('given a frame that there is not, then 404 that says how many there are', async () => {
    const { status, body } = await get(`${instancePath(three)}/frames/4/rendered`);
    expect([status, body.toString()]).toEqual([404, expect.stringContaining('3')]);
  });

  it.each(['0', '-1', 'x', '1,2', '1.5'])('given the frame %s, then 400, also when there is no such instance', async (frame) => {
    expect((await get(`${instancePath(three)}/frames/${frame}/rendered`)).status).toBe(400);
    expect((await get(`${instancePath(identityOf('nowhere'))}/frames/${frame}/rendered`)).status).toBe(400);
  });
});

describe('Rendered under /dicom-web', () => {
  const web = (query: string, accept = 'image/png'): Promise<Answer> => get(`${ofSmall}${query}`, accept, { root: roots.web });

  it.each([['image/gif', 'GIF8'], ['image/webp', 'RIFF']])('given %s, then it', async (accept, begins) => {
    const answer = await web('', accept);
    expect(typeOf(answer)).toEqual([200, accept, '']);
    expect(answer.body.toString('latin1', 0, 4)).toBe(begins);
  });

  it('given a window, then it is applied; /v2 does not know it', async () => {
    const levels = [...readPng((await web('?window=64,1,linear')).body).pixels];
    expect(levels).toEqual(shown.map((value) => (value < 64 ? 0 : 255)));
    expect([...readPng((await get(`${ofSmall}?window=64,1,linear`, 'image/png')).body).pixels]).toEqual(shown);
  });

  it('given a viewport, then the picture fits into it, and its region is what is shown, mirrored where a side is negative', async () => {
    const sizeOf = async (query: string): Promise<number[]> => {
      const { width, height } = readPng((await web(query)).body);
      return [width, height];
    };
    expect([await sizeOf('?viewport=2,2'), await sizeOf('?viewport=8,16'), await sizeOf('?viewport=4,2,0,0,4,2')]).toEqual([[2, 2], [8, 8], [4, 2]]);
    expect([...readPng((await web('?viewport=2,2,1,1,2,2')).body).pixels]).toEqual([shown[5], shown[6], shown[9], shown[10]]);
    expect([...readPng((await web('?viewport=2,2,1,1,-2,2')).body).pixels]).toEqual([shown[6], shown[5], shown[10], shown[9]]);
  });

  it('given annotation, then a picture without it and a warning; charset and parameters that there are not are passed over', async () => {
    const plain = (await web('')).body;
    for (const query of ['?annotation=patient,technique', '?annotation=', '?charset=utf-8', '?nonsense=1']) {
      const { status, headers, body } = await web(query);
      expect([query, status, body.equals(plain), headers.warning !== undefined]).toEqual([query, 200, true, query.startsWith('?annotation')]);
    }
    expect((await get(`${ofSmall}?annotation=patient`)).headers.warning).toBeUndefined();
  });

  it.each(['viewport=0,4', 'viewport=4', 'viewport=5000,5000', 'viewport=a,b', 'viewport=4,4,9,9,1,1', 'viewport=4,4,0,0,0,0', 'viewport=1,1,1,1,1,1,1', 'window=1,2', 'window=1,0,linear', 'window=a,b,linear', 'window=1,2,cubic', 'window=1,1e999,sigmoid', 'quality=0'])(
    'given %s, then 400 that names the parameter', async (query) => {
      const { status, body } = await web(`?${query}`);
      expect([status, body.toString()]).toEqual([400, expect.stringContaining(query.split('=')[0]!)]);
    });
});

describe('Pictures of every kind of image', () => {
  const pngOf = async (bytes: Buffer, frame = 1): Promise<ReturnType<typeof readPng>> => {
    const answer = await get(`${await storedPath(roots.web, bytes)}/frames/${frame}/rendered`, 'image/png', { root: roots.web });
    expect(typeOf(answer)).toEqual([200, 'image/png', '']);
    return readPng(answer.body);
  };

  it.each(Object.entries(renderReferences))('given the image %s, then the picture that its reference has', async (name, { channels, pixels }) => {
    const picture = await pngOf(renderImage(name));
    const wanted = Buffer.from(pixels, 'base64');
    expect([picture.channels, picture.pixels.length]).toEqual([channels, wanted.length]);
    expect(picture.pixels.reduce((sum, level, at) => sum + Math.abs(level - wanted[at]!), 0) / wanted.length).toBeLessThanOrEqual(0.7);
  });

  it('given frames of one bit that begin within bytes, then each is whole', async () => {
    const bits = Array.from({ length: 3 * 35 }, (_none, at) => Number(at % 3 === 0 || at % 7 === 1));
    const packed = Buffer.alloc(14);
    bits.forEach((bit, at) => (packed[at >> 3] = packed[at >> 3]! | (bit << at % 8)));
    const bytes = smallInstance(identityOf('one bit'), {
      with: [element(0x00280008, 'IS', '3'), ...([[0x00280010, 5], [0x00280011, 7], [0x00280100, 1], [0x00280101, 1], [0x00280102, 0]] as const).map(([tag, value]) => element(tag, 'US', us(value))), element(0x7fe00010, 'OB', packed)],
    });
    for (const frame of [1, 2, 3]) expect([...(await pngOf(bytes, frame)).pixels]).toEqual(bits.slice(35 * frame - 35, 35 * frame).map((bit) => 255 * bit));
  });

  it('given bytes in the swapped words of big endian, of which there is an odd number, then the picture', async () => {
    const levels = Array.from({ length: 35 }, (_none, at) => at * 7);
    const bytes = smallInstance(identityOf('big endian'), { bigEndian: true, with: [...windowed('128', '256'), element(0x00280010, 'US', us(5)), element(0x00280011, 'US', us(7)), element(0x7fe00010, 'OW', Buffer.from([...levels, 0]))] });
    expect([...(await pngOf(bytes)).pixels]).toEqual(levels);
    const frame = await get(`${instancePath(identityOf('big endian'))}/frames/1`, 'application/octet-stream', { root: roots.web });
    expect([frame.status, [...frame.body]]).toEqual([200, levels]);
  });

  it('given overlays inside the words of Pixel Data, and a window for each frame, then both are seen', async () => {
    const words = shown.map((value, at) => value | (at === 5 ? 0x1000 : 0));
    const window = (center: string): Buffer => element(0x00289132, 'SQ', [[element(0x00281050, 'DS', center), element(0x00281051, 'DS', '1')]]);
    const bytes = smallInstance(identityOf('overlay bits'), {
      with: [
        element(0x00280008, 'IS', '2'), element(0x00280100, 'US', us(16)), element(0x00280101, 'US', us(12)), element(0x00280102, 'US', us(11)),
        element(0x60000010, 'US', us(4)), element(0x60000011, 'US', us(4)), element(0x60000100, 'US', us(16)), element(0x60000102, 'US', us(12)),
        element(0x52009230, 'SQ', [[window('64')], [window('200')]]), element(0x7fe00010, 'OW', us(...words, ...words)),
      ],
    });
    for (const [frame, edge] of [[1, 64], [2, 200]] as const) expect([...(await pngOf(bytes, frame)).pixels]).toEqual(shown.map((value, at) => (value < edge && at !== 5 ? 0 : 255)));
  });
});

describe('ICC profiles', () => {
  const colour = [200, 100, 50];
  /** 4 x 4 pixels of one colour. */
  const coloured = (of: Identity, profile?: Buffer): Buffer => smallInstance(of, {
    with: [
      element(0x00280002, 'US', us(3)), element(0x00280004, 'CS', 'RGB'), element(0x00280006, 'US', us(0)), element(0x7fe00010, 'OB', Buffer.from(Array.from({ length: 16 }, () => colour).flat())),
      ...(profile === undefined ? [] : [element(0x00282000, 'OB', profile)]),
    ],
  });
  const [plain, profiled, broken] = ['plain', 'profiled', 'broken'].map((name) => identityOf(`colours ${name}`)) as [Identity, Identity, Identity];
  const rendered = (of: Identity, query: string, accept = 'image/png'): Promise<Answer> => get(`${instancePath(of)}/rendered${query}`, accept, { root: roots.web });
  const profileIn = (png: Buffer): Buffer | undefined => {
    const at = png.indexOf('iCCP', 0, 'latin1');
    if (at < 0) return undefined;
    const chunk = png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
    return inflateSync(chunk.subarray(chunk.indexOf(0) + 2));
  };
  const pixelIn = (png: Buffer): number[] => [...readPng(png).pixels.subarray(0, 3)];
  let srgb: Buffer;
  let displayP3: Buffer;
  beforeAll(async () => {
    await given(roots.web, [coloured(plain), coloured(broken, Buffer.alloc(600, 'not a profile'))]);
    [srgb, displayP3] = (await Promise.all(['srgb', 'displayp3'].map(async (space) => profileIn((await rendered(plain, `?iccprofile=${space}`)).body)!))) as [Buffer, Buffer];
    await given(roots.web, [coloured(profiled, Buffer.concat([displayP3, Buffer.alloc(displayP3.length % 2)]))]);
  });

  it('given an image without a profile, then sRGB for yes and srgb, none for no and without the parameter; a profile that is none counts as none', async () => {
    expect(srgb.toString('latin1', 36, 40)).toBe('acsp');
    expect(displayP3.equals(srgb)).toBe(false);
    for (const instance of [plain, broken]) {
      for (const query of ['?iccprofile=yes', '?iccprofile=SRGB']) {
        const { body } = await rendered(instance, query);
        expect([query, profileIn(body)?.equals(srgb), pixelIn(body)]).toEqual([query, true, colour]);
      }
      for (const query of ['', '?iccprofile=no']) expect([query, profileIn((await rendered(instance, query)).body)]).toEqual([query, undefined]);
    }
  });

  it('given an image with a profile, then that for yes, and colours of another space where one is named', async () => {
    const own = (await rendered(profiled, '?iccprofile=yes')).body;
    expect([profileIn(own)?.equals(displayP3), pixelIn(own)]).toEqual([true, colour]);
    const turned = (await rendered(profiled, '?iccprofile=srgb')).body;
    expect(profileIn(turned)?.equals(srgb)).toBe(true);
    expect(pixelIn(turned)[0]).toBeGreaterThan(205);
    expect((await rendered(profiled, '?iccprofile=yes', 'image/jpeg')).body.includes('ICC_PROFILE\0')).toBe(true);
    expect((await rendered(profiled, '?iccprofile=yes', 'image/gif')).status).toBe(200);
  });

  it('given a grey image, then no profile', async () => {
    expect(profileIn((await rendered(small, '?iccprofile=srgb')).body)).toBeUndefined();
  });

  it.each(['', 'adobergb', 'rommrgb', 'x'])('given iccprofile=%s, then 400 that says what is allowed; /v2 does not know it', async (value) => {
    const { status, body } = await rendered(plain, `?iccprofile=${value}`);
    expect([status, body.toString()]).toEqual([400, expect.stringMatching(/'iccprofile'.*srgb, displayp3/)]);
    expect((await get(`${ofSmall}?iccprofile=${value}`)).status).toBe(200);
  });
});

describe('Rendering of many at once', () => {
  it('given more requests than wait, then those that find no place are 503 with Retry-After, and all others are answered', async () => {
    const busy = await startArchive({ env: { IMAGE_THREADS: '1', IMAGE_QUEUE: '1' }, replicas: 1 });
    try {
      const root = `${busy.baseUrl}/dicom-web`;
      await given(root, [smallInstance(small, { with: windowed('128', '256') })]);
      let asked = 0;
      const statuses = new Set<number>();
      // Nothing of it is kept: each asks for a window of its own. How many come at once is the machine's affair.
      await until('some find a place and some none', async () => {
        const answers = await Promise.all(Array.from({ length: 40 }, () => get(`${ofSmall}?window=${(asked += 1)},256,linear`, undefined, { root })));
        for (const { status, headers } of answers) {
          statuses.add(status);
          expect([status, status === 200 || Number(headers['retry-after']) > 0]).toEqual([status, true]);
        }
        return statuses.size > 1;
      });
      expect([...statuses].sort()).toEqual([200, 503]);
      expect((await get(ofSmall, undefined, { root })).status).toBe(200);
    } finally {
      await busy.end();
    }
  });
});
