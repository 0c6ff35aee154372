import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';

import { decodeFrame, defaultFrameLimits, encodeFrame, type RawFrame, transferSyntaxes } from '../../src/index.js';
import { interleaved } from '../../src/samples/interleaved.js';
import { toRgb } from '../../src/samples/to-rgb.js';
import { encodeCase, encodingCases, type EncodingCase, QUALITY } from './encoding-cases.js';

const ROOT = '1.2.840.10008.1.2';
const checked = JSON.parse(readFileSync(join(import.meta.dirname, 'CHECKED.json'), 'utf8')) as Record<string, string>;
let cases: EncodingCase[] = [];
beforeAll(async () => {
  cases = await encodingCases();
});

describe('encoded frames', () => {
  it('are those that pydicom and dcmtk were seen to decode (tools/fixtures/check_encoded.py)', async () => {
    const hashes: Record<string, string> = {};
    for (const one of cases) hashes[one.name] = createHash('sha256').update((await encodeCase(one)).bytes).digest('hex');
    expect(hashes).toEqual(checked);
  });

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

function meanDifference(a: Buffer, b: Buffer): number {
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length;
}
