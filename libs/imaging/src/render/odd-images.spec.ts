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

  describe('LUTs whose data contradict their descriptor', () => {
    const values = Uint8Array.of(0, 64, 128, 255);
    const bytes = Buffer.from(Array.from({ length: 256 }, (_none, at) => at));
    const words = (factor: number, count = 256): Buffer => Buffer.from(Uint16Array.from({ length: count }, (_none, at) => at * factor).buffer);
    const data = (of: Buffer): { vr: string; InlineBinary: string } => ({ vr: 'OW', InlineBinary: of.toString('base64') });
    const descriptor = (...numbers: number[]): { vr: string; Value: number[] } => ({ vr: 'US', Value: numbers });
    const voi = (entries: number, bits: number, of: Buffer): Metadata => ({ '00283010': { vr: 'SQ', Value: [{ '00283002': descriptor(entries, 0, bits), '00283006': data(of) }] } });
    const palette = (entries: number, bits: number, ...of: Buffer[]): Metadata =>
      Object.fromEntries([1, 2, 3].flatMap((color) => [[`0028110${color}`, descriptor(entries, 0, bits)], [`0028120${color}`, data(of[color - 1] ?? of[0]!)]]));
    const red = async (more: Metadata): Promise<number[]> => (await rendered(values, { photometricInterpretation: 'PALETTE COLOR' }, more)).filter((_level, at) => at % 3 === 0);

    it.each<[string, number, number, Buffer]>([
      ['16 bits and words of them', 256, 16, words(257)], ['8 bits and bytes', 256, 8, bytes], ['8 bits and words that hold them', 256, 8, words(1)], ['12 bits', 256, 12, words(16)], ['255 entries and a byte more', 255, 8, bytes],
      ['16 bits and bytes', 256, 16, bytes], ['16 bits and words that hold 8', 256, 16, words(1)], ['8 bits and words whose high byte holds them', 256, 8, words(256)], ['8 bits and words of 16', 256, 8, words(257)],
      ['one entry more than there is', 257, 16, words(257)],
    ])('given a palette of %s, then its colours', async (_what, entries, bits, of) => {
      expect(await red(palette(entries, bits, of))).toEqual([0, 64, 128, entries === 255 ? 254 : 255]);
    });

    it('given a palette of 16 bits whose red is dark, then it stays so beside the others', async () => {
      expect(await red(palette(256, 16, words(1), words(257)))).toEqual([0, 0, 0, 0]);
    });

    it('given a palette entry that is one too large for its bits, then the brightest', async () => {
      expect(await red(palette(256, 8, Buffer.concat([words(1, 255), Buffer.from(Uint16Array.of(256).buffer)])))).toEqual([0, 64, 128, 255]);
    });

    it.each<[string, number, number, Buffer, number]>([
      ['12 bits', 256, 12, words(16), 255], ['one entry more than there is', 257, 12, words(16), 255], ['many entries more than there are', 400, 12, words(16), 255], ['12 bits and bytes', 256, 12, bytes, 255], ['8 bits and bytes', 256, 8, bytes, 255],
      ['8 bits and words of 12', 256, 8, words(16), 255], ['no more than half of the entries, and 16 bits', 0, 16, words(257), 255],
    ])('given a VOI LUT of %s, then its levels', async (_what, entries, bits, of, last) => {
      expect(await rendered(values, {}, voi(entries, bits, of))).toEqual([0, 64, 128, last]);
    });

    it.each<[string, Metadata]>([
      ['fewer bytes than entries', voi(256, 8, bytes.subarray(0, 200))], ['bits that there are not', voi(256, 17, words(16))], ['bits that are no number', { '00283010': { vr: 'SQ', Value: [{ '00283002': { vr: 'LO', Value: [256, 0, 'x'] }, '00283006': data(words(16)) }] } }],
    ])('given a LUT of %s, then the image is not shown', async (_what, more) => {
      await expect(rendered(values, {}, more)).rejects.toMatchObject({ code: 'malformed' });
    });
  });

  it.each([['00281053', '1,0'], ['00281052', 'x']])('given the %s %s, which is no number, then the image is not shown', async (tag, text) => {
    await expect(rendered(Uint8Array.of(0, 1), {}, { [tag]: { vr: 'DS', Value: [text] } })).rejects.toMatchObject({ code: 'malformed' });
  });

  it('given windows that are no numbers, then the next one, or none', async () => {
    const windows = (centers: unknown[], widths: unknown[]): Metadata => ({ '00281050': { vr: 'DS', Value: centers }, '00281051': { vr: 'DS', Value: widths } });
    const values = Uint8Array.of(100, 150, 200);
    const ofOne = await rendered(values, {}, windows([150], [50]));
    expect(await rendered(values, {}, windows(['12,5', 40, 150], [80, null, 50]))).toEqual(ofOne);
    expect(await rendered(values, {}, windows(['12,5'], [80]))).toEqual(await rendered(values, {}));
  });

  it.each(['YBR_RCT', 'YBR_ICT'])('given native samples of %s, then RGB: a decoder left the name', async (photometricInterpretation) => {
    expect(await rendered(Uint8Array.of(10, 20, 30, 200, 100, 0), { samplesPerPixel: 3, photometricInterpretation })).toEqual([10, 20, 30, 200, 100, 0]);
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
