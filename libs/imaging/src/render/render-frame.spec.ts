import { describe, expect, it } from '@jest/globals';

import { type ImageDescription } from '../image-description.js';
import { type Presentation } from './presentation.js';
import { renderFrame } from './render-frame.js';

const plain: Presentation = { modality: undefined, voiLut: undefined, window: undefined, palette: undefined, isInverse: false, overlays: [], overlayBits: 0 };
const image = (columns: number, more: Partial<ImageDescription> = {}): ImageDescription => ({
  rows: 1, columns, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2', ...more,
});
const bytesOf = ({ buffer }: { buffer: ArrayBufferLike }): Buffer => Buffer.from(buffer);
const levels = (pixels: Buffer, description: ImageDescription, presentation: Partial<Presentation> = {}): number[] => [...renderFrame({ pixels, image: description }, { ...plain, ...presentation }).pixels];

describe('renderFrame', () => {
  it('given no window and a modality LUT that goes up and down, then its values are spread over all levels', () => {
    const modality = { first: 0, bits: 16, entries: Uint16Array.of(0, 500, 1000, 0) };
    expect(levels(Buffer.of(0, 1, 2, 3), image(4), { modality })).toEqual([0, 127, 255, 0]);
    expect(levels(bytesOf(Uint32Array.of(0, 1, 2, 3)), image(4, { bitsAllocated: 32, bitsStored: 32, highBit: 31 }), { modality })).toEqual([0, 127, 255, 0]);
  });

  it('given a negative slope, then low values are bright', () => {
    expect(levels(Buffer.of(0, 1, 2), image(3), { modality: { slope: -1, intercept: 0 } })).toEqual([255, 127, 0]);
  });

  it.each<[string, Partial<ImageDescription>, Buffer]>([
    ['32 bits, unsigned', { bitsAllocated: 32, bitsStored: 24, highBit: 23 }, bytesOf(Uint32Array.of(0xff00_0000, 0x7f00_0005, 0xaa00_000a))],
    ['32 bits, signed', { bitsAllocated: 32, bitsStored: 24, highBit: 23, pixelRepresentation: 1 }, bytesOf(Uint32Array.of(0x00ff_fffb, 0xff00_0000, 0xaa00_0005))],
    ['32 bits, left-aligned', { bitsAllocated: 32, bitsStored: 24, highBit: 31 }, bytesOf(Uint32Array.of(0xff, 0x5_7f, 0xa_aa))],
    ['64 bits, unsigned', { bitsAllocated: 64, bitsStored: 40, highBit: 39 }, bytesOf(BigUint64Array.of(0xff00_0000_0000_0000n, 5n, 0x7700_0000_0000_000an))],
    ['64 bits, signed', { bitsAllocated: 64, bitsStored: 40, highBit: 39, pixelRepresentation: 1 }, bytesOf(BigUint64Array.of(0xff_ffff_fffbn, 0n, 0x7700_0000_0000_0005n))],
  ])('given samples of %s, with something beside the stored bits, then these alone count', (_what, description, pixels) => {
    expect(levels(pixels, image(3, description))).toEqual([0, 127, 255]);
  });

  it('given large frames one after the other, of different windows, bits and signs, then each has its own levels, as small ones have them', () => {
    const side = 256;
    const words = Uint16Array.from({ length: side * side }, (_none, at) => (at * 40_503) & 0xffff);
    const narrow = { center: 100, width: 50, function: 'LINEAR' } as const;
    const cases: [Partial<ImageDescription>, Partial<Presentation>][] = [
      [{}, { window: narrow }], [{}, { window: narrow }], [{}, { window: narrow, isInverse: true }], [{}, { window: { ...narrow, center: 101 } }], [{}, { window: narrow, modality: { slope: 2, intercept: -7 } }],
      [{ pixelRepresentation: 1 }, { window: narrow }], [{ bitsStored: 12, highBit: 11 }, { window: narrow }], [{}, {}], [{ bitsAllocated: 8, bitsStored: 8, highBit: 7 }, { window: narrow }],
      [{}, { window: narrow, voiLut: { first: 0, bits: 8, entries: Uint16Array.of(5, 200) } }], [{}, { window: narrow, modality: { first: 0, bits: 16, entries: Uint16Array.of(90, 110) } }], [{}, { window: narrow }],
    ];
    for (const [more, presentation] of cases) {
      const large = image(side, { rows: side, bitsAllocated: 16, bitsStored: 16, highBit: 15, ...more });
      const bytes = Buffer.from(words.buffer, 0, (side * side * large.bitsAllocated) / 8);
      const found = levels(bytes, large, presentation);
      if (presentation.window === undefined) expect([Math.min(...new Set(found)), Math.max(...new Set(found))]).toEqual([0, 255]);
      else for (let row = 0; row < side; row += 50) {
        const of = (row * side * large.bitsAllocated) / 8;
        expect(found.slice(row * side, (row + 1) * side)).toEqual(levels(bytes.subarray(of, of + (side * large.bitsAllocated) / 8), { ...large, rows: 1 }, presentation));
      }
    }
  });

  it('given one bit a pixel, then black and white, or the levels of its window', () => {
    const bits = image(10, { bitsAllocated: 1, bitsStored: 1, highBit: 0 });
    expect(levels(Buffer.of(0b1000_0101, 0b10), bits)).toEqual([255, 0, 255, 0, 0, 0, 0, 255, 0, 255]);
    expect(levels(Buffer.of(0b1000_0101, 0b10), bits, { window: { center: 1, width: 2, function: 'LINEAR_EXACT' } }).slice(0, 2)).toEqual([127, 0]);
    expect(levels(Buffer.of(0, 0), bits, { isInverse: true })[0]).toBe(255);
  });
});
