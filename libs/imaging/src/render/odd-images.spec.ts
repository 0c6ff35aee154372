import { describe, expect, it } from '@jest/globals';

import { type Metadata } from '../describe-image.js';
import { type ImageDescription } from '../image-description.js';
import { readPresentation } from './read-presentation.js';
import { renderFrame } from './render-frame.js';

const us = (value: number): { vr: string; Value: number[] } => ({ vr: 'US', Value: [value] });
const image = (over: Partial<ImageDescription>, pixels: number): ImageDescription => {
  const bitsAllocated = over.bitsAllocated ?? 8;
  const bitsStored = over.bitsStored ?? bitsAllocated;
  return { rows: 1, columns: pixels, samplesPerPixel: 1, bitsAllocated, bitsStored, highBit: bitsStored - 1, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2', ...over };
};
const metadataOf = (of: ImageDescription, more: Metadata = {}): Metadata => ({
  '00280002': us(of.samplesPerPixel), '00280004': { vr: 'CS', Value: [of.photometricInterpretation] }, '00280010': us(of.rows), '00280011': us(of.columns), '00280100': us(of.bitsAllocated), '00280101': us(of.bitsStored), '00280102': us(of.highBit), '00280103': us(of.pixelRepresentation),
  ...more,
});
const rendered = async (values: Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array, over: Partial<ImageDescription>, more: Metadata = {}): Promise<number[]> => {
  const of = image(over, values.length / (over.samplesPerPixel ?? 1));
  const presentation = await readPresentation(metadataOf(of, more), 1, async () => undefined);
  return [...renderFrame({ pixels: Buffer.from(values.buffer), image: of }, presentation).pixels];
};
const shape = (value: string): Metadata => ({ '20500020': { vr: 'CS', Value: [value] } });

describe('renderFrame of odd images', () => {
  it.each([[20, 19, 0], [20, 31, 12], [32, 31, 0]])('given signed values of %i bits of 32, the highest one %i, then their sign counts', async (bitsStored, highBit, shift) => {
    const [low, high] = [-(2 ** (bitsStored - 1)), 2 ** (bitsStored - 1) - 1];
    const junk = shift === 0 && bitsStored < 32 ? 0x0ff00000 : 0;
    const words = Int32Array.from([low, 0, high], (value) => (bitsStored < 32 ? (value & (2 ** bitsStored - 1)) << shift : value) | junk);
    expect(await rendered(words, { bitsAllocated: 32, bitsStored, highBit, pixelRepresentation: 1 })).toEqual([0, 127, 255]);
  });

  it.each([Float32Array, Float64Array])('given real values of which some are infinite or no numbers, then the others are spread over all levels', async (Reals) => {
    const [vr, bitsAllocated] = Reals === Float32Array ? ['OF', 32] : ['OD', 64];
    expect(await rendered(Reals.from([-1, Infinity, 0, Number.NaN, 1, -Infinity]), { bitsAllocated, pixelDataVr: vr })).toEqual([0, 255, 127, 0, 255, 0]);
  });

  it.each([['MONOCHROME1', undefined, true], ['MONOCHROME1', 'INVERSE', true], ['MONOCHROME1', 'IDENTITY', false], ['MONOCHROME2', undefined, false], ['MONOCHROME2', 'INVERSE', true], ['MONOCHROME2', 'IDENTITY', false]])(
    'given %s and the Presentation LUT Shape %s, then low values are bright: %s', async (photometricInterpretation, named, isInverse) => {
      expect(await rendered(Uint8Array.of(0, 255), { photometricInterpretation }, named === undefined ? {} : shape(named))).toEqual(isInverse ? [255, 0] : [0, 255]);
    });

  it.each([['MONOCHROME2', [0, 128, 255]], ['MONOCHROME1', [255, 127, 0]]])('given %s and a VOI LUT, then its high bits, up to both ends', async (photometricInterpretation, levels) => {
    const lut = { '00283010': { vr: 'SQ', Value: [{ '00283002': { vr: 'US', Value: [3, 0, 12] }, '00283006': { vr: 'US', Value: [0, 2049, 4095] } }] } };
    expect(await rendered(Uint8Array.of(0, 1, 2), { photometricInterpretation }, lut)).toEqual(levels);
  });

  it('given one value for all pixels and no window, then black, as by DCMTK', async () => {
    expect([await rendered(Uint16Array.of(7, 7), { bitsAllocated: 16 }), await rendered(Uint16Array.of(7, 7), { bitsAllocated: 16, photometricInterpretation: 'MONOCHROME1' })]).toEqual([[0, 0], [255, 255]]);
  });

  describe('overlays inside Pixel Data', () => {
    const overlay = (position: number, columns = 3): Metadata => ({ '60000010': us(1), '60000011': us(columns), '60000100': us(16), '60000102': us(position) });
    const words = Uint16Array.of(0, 0x1000, 4095);

    it('given a bit above the stored ones, then white where it is set', async () => {
      expect(await rendered(words, { bitsAllocated: 16, bitsStored: 12 }, overlay(12))).toEqual([0, 255, 255]);
      expect(await rendered(Uint16Array.of(1, 0, 0xfff0), { bitsAllocated: 16, bitsStored: 12, highBit: 15 }, overlay(0))).toEqual([255, 0, 255]);
    });

    it.each([['a stored bit', overlay(11)], ['a bit that there is not', overlay(16)], ['another size', overlay(12, 2)], ['data of its own', { ...overlay(12), '60003000': { vr: 'OW', InlineBinary: 'AAA=' } }]])('given %s, then none', async (_what, more) => {
      expect(await rendered(words, { bitsAllocated: 16, bitsStored: 12 }, more)).toEqual([0, 0, 255]);
    });
  });

  it('given colours of 32 bits, then their high ones', async () => {
    expect(await rendered(Uint32Array.of(0, 0x80000000, 0xffffffff), { samplesPerPixel: 3, bitsAllocated: 32, photometricInterpretation: 'RGB' })).toEqual([0, 128, 255]);
  });

  it.each([[16, 0], [12, 0]])('given YBR_FULL of %i bits, then RGB', async (bitsStored) => {
    const unit = 2 ** (bitsStored - 8);
    const values = [[128, 128, 128], [76, 85, 255], [255, 0, 0]].flat();
    const levels = await rendered(Uint16Array.from(values, (value) => value * unit), { samplesPerPixel: 3, bitsAllocated: 16, bitsStored, photometricInterpretation: 'YBR_FULL' });
    const bytes = await rendered(Uint8Array.from(values), { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL' });
    levels.forEach((level, at) => expect(Math.abs(level - bytes[at]!)).toBeLessThanOrEqual(2));
  });
});
