import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { decodeFrame, encodeFrame } from '../../src/code-frame.js';
import { type RawFrame } from '../../src/image-description.js';
import { defaultFrameLimits, type ImageDescription, ImagingError, transferSyntaxes } from '../../src/index.js';
import { interleaved } from '../../src/samples/interleaved.js';
import { toRgb } from '../../src/samples/to-rgb.js';
import { type GridOptions, sampleGrid } from './sample-grid.js';
import { encapsulated, encodeCase, encodingCases, type EncodingCase, gridCases, QUALITY } from './encoding-cases.js';

const ROOT = '1.2.840.10008.1.2';
const checked = JSON.parse(readFileSync(join(import.meta.dirname, 'CHECKED.json'), 'utf8')) as Record<string, string>;
/** Mean difference of noise in colours: it has nothing that lossy JPEG could keep. */
const NOISE_LOSS = 10;
/** Several blocks of a wavelet; and noise of a single bit, which takes more room than it comes from. */
const LARGER: readonly GridOptions[] = [
  { sizes: [[130, 70]], storedOf: (allocated) => (allocated === 16 ? [8, 12, 16] : [allocated]) }, { sizes: [[170, 170]], storedOf: (allocated) => (allocated === 8 ? [1, 2] : []) },
];
let cases: EncodingCase[] = [];
beforeAll(async () => {
  cases = await encodingCases();
});

describe('encoded frames', () => {
  it('are those that pydicom and dcmtk were seen to decode (tools/fixtures/check_encoded.py)', async () => {
    const hashes = new Map<string, Hash>();
    for (const one of [...cases, ...gridCases()]) {
      const group = one.group ?? one.name;
      hashes.set(group, (hashes.get(group) ?? createHash('sha256')).update((await encodeCase(one)).bytes));
    }
    expect(Object.fromEntries([...hashes].map(([group, hash]) => [group, hash.digest('hex')]))).toEqual(checked);
  }, 60_000);

  it('have even lengths and are decoded to what they were made from', async () => {
    for (const one of cases) {
      const { bytes, image, lossy } = await encodeCase(one);
      const decoded = await decodeFrame(one.transferSyntaxUid, bytes, image, defaultFrameLimits);
      expect([one.name, bytes.length % 2, lossy !== undefined]).toEqual([one.name, 0, one.isLossy]);
      if (one.isLossy) {
        expect([one.name, meanDifference(toRgb(decoded).pixels, toRgb(one.raw).pixels) < 6]).toEqual([one.name, true]);
        expect(lossy).toEqual({ method: 'ISO_10918_1', ratio: one.raw.pixels.length / bytes.length });
      } else {
        const wanted = interleaved(one.raw);
        expect([one.name, decoded.pixels.equals(wanted.pixels), decoded.image]).toEqual([one.name, true, wanted.image]);
      }
    }
  });

  it.each(encapsulated())('in $uid are exact for every kind of samples and every size, or refused by their description', async ({ uid, encodes }) => {
    const wrong: string[] = [];
    for (const { name, raw } of [...sampleGrid(), ...LARGER.flatMap((options) => [...sampleGrid(options)])]) {
      const outcome = await roundTrip(uid, raw, encodes?.lossy === true).catch((error: unknown) => (error instanceof ImagingError ? error.code : String(error)));
      if (outcome !== (isHeld(uid, raw.image) ? 'exact' : 'unsupported')) wrong.push(`${name}: ${outcome}`);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it.each([
    ['.4.50', 'YBR_FULL', 'YBR_FULL'], ['.4.70', 'RGB', 'YBR_FULL'], ['.4.80', 'RGB', 'YBR_FULL'], ['.4.90', 'YBR_RCT', 'YBR_FULL'], ['.4.201', 'YBR_RCT', 'YBR_FULL'], ['.5', 'RGB', 'YBR_FULL'],
  ])('in %s of RGB are %s, of YBR_FULL %s, pixel by pixel', async (syntax, ofRgb, ofYbr) => {
    const coloursOf = async (name: string): Promise<[string, number]> => {
      const { image } = await encodeCase(cases.find((one) => one.name === `${syntax.slice(1)} ${name}`)!);
      return [image.photometricInterpretation, image.planarConfiguration];
    };
    expect([await coloursOf('rgb-planes'), await coloursOf('ybr-full')]).toEqual([[ofRgb, 0], [ofYbr, 0]]);
  });

  it('of YBR_FULL_422 have the chroma of each pixel', async () => {
    const image = { rows: 1, columns: 4, samplesPerPixel: 3, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'YBR_FULL_422' } as const;
    const raw: RawFrame = { pixels: Buffer.of(1, 2, 100, 101, 3, 4, 102, 103), image };
    const encoded = await encodeFrame(`${ROOT}.4.80`, raw, { quality: QUALITY });
    const decoded = await decodeFrame(`${ROOT}.4.80`, encoded.bytes, encoded.image, defaultFrameLimits);
    expect(decoded).toEqual({ pixels: Buffer.of(1, 100, 101, 2, 100, 101, 3, 102, 103, 4, 102, 103), image: { ...image, photometricInterpretation: 'YBR_FULL' } });
  });

  it.each([
    ['32 bits', 'u32', /4\.(50|70|80|90|201)$/], ['16 bits', 'u16', /4\.50$/], ['a sign', 's12', /4\.50$/],
  ])('are refused where the syntax does not hold %s', async (_what, name, syntaxes) => {
    const { raw } = cases.find((one) => one.name === `5 ${name}`)!;
    for (const { uid } of transferSyntaxes.filter((syntax) => syntaxes.test(syntax.uid) && syntax.encoder !== undefined)) {
      await expect(encodeFrame(uid, raw, { quality: QUALITY })).rejects.toMatchObject({ code: 'unsupported' });
    }
  });

  it('are refused in syntaxes without an encoder', async () => {
    for (const uid of [`${ROOT}.4.51`, `${ROOT}.4.100`, '1.2.3']) await expect(encodeFrame(uid, cases[0]!.raw, { quality: QUALITY })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

/** What is written of: PS3.5 §8.2, and what the encoders at hand make right. */
function isHeld(uid: string, { samplesPerPixel, bitsAllocated, bitsStored, highBit, pixelRepresentation, rows, columns }: ImageDescription): boolean {
  const isColour = samplesPerPixel === 3;
  if (uid.endsWith('.4.50')) return bitsAllocated === 8 && pixelRepresentation === 0 && highBit === bitsStored - 1 && (!isColour || bitsStored === 8);
  if (uid.endsWith('.4.90')) return bitsAllocated <= (isColour ? 8 : 16) && rows > 1 && columns > 1;
  if (uid.endsWith('.4.201')) return bitsAllocated <= (isColour ? 8 : 16);
  return bitsAllocated <= 16 || uid.endsWith('.2.5');
}

async function roundTrip(uid: string, raw: RawFrame, isLossy: boolean): Promise<string> {
  const source = Buffer.from(raw.pixels);
  const encoded = await encodeFrame(uid, raw, { quality: QUALITY });
  if (!source.equals(raw.pixels)) return 'the source was written to';
  const decoded = await decodeFrame(uid, encoded.bytes, encoded.image, defaultFrameLimits);
  if (!isLossy) return decoded.pixels.equals(source) && isDeepStrictEqual(decoded.image, raw.image) ? 'exact' : 'other values';
  const { bitsStored, samplesPerPixel } = raw.image;
  const described = isDeepStrictEqual(decoded.image, { ...raw.image, bitsStored: 8, highBit: 7, ...(samplesPerPixel === 3 && { photometricInterpretation: 'YBR_FULL' }) });
  return described && meanDifference(toRgb(decoded).pixels, toRgb(raw).pixels.map((word) => word & (2 ** bitsStored - 1))) < NOISE_LOSS ? 'exact' : 'other values';
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
}
