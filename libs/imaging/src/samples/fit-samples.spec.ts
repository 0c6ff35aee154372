import { describe, expect, it } from '@jest/globals';

import { type ImageDescription } from '../image-description.js';
import { fitSamples } from './fit-samples.js';

function image(bitsAllocated: number, bitsStored: number, pixelRepresentation: 0 | 1): ImageDescription {
  return { rows: 1, columns: 2, samplesPerPixel: 1, bitsAllocated, bitsStored, highBit: bitsStored - 1, pixelRepresentation, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' };
}

function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeUInt16LE(value & 0xffff, 2 * at));
  return bytes;
}

describe('fitSamples', () => {
  it('given what the data set says, then the bytes stay', () => {
    const bytes = words(1, 4095);
    expect(fitSamples({ bytes, precision: 12, isSigned: false }, image(16, 12, 0))).toEqual({ pixels: bytes, image: image(16, 12, 0) });
  });

  it('given 8 bits where 16 or 32 are allocated, then samples are widened', () => {
    expect(fitSamples({ bytes: Buffer.of(1, 255), precision: 8, isSigned: false }, image(16, 8, 0)).pixels).toEqual(words(1, 255));
    expect(fitSamples({ bytes: words(1, 65535), precision: 16, isSigned: false }, image(32, 16, 0)).pixels.toString('hex')).toBe('01000000ffff0000');
    expect(fitSamples({ bytes: Buffer.of(1, 255), precision: 8, isSigned: true }, image(16, 8, 1)).pixels).toEqual(words(1, -1));
  });

  it('given a codestream without a sign where there is one, then the sign is that of Bits Stored', () => {
    expect(fitSamples({ bytes: words(0x0fff, 5), precision: 12, isSigned: false }, image(16, 12, 1)).pixels).toEqual(words(-1, 5));
    expect(fitSamples({ bytes: words(0x1fff, 5), precision: 13, isSigned: false }, image(16, 13, 1)).pixels).toEqual(words(-1, 5));
  });

  it('given a codestream of whole words, then they stay: samples may be left-aligned, or padding lie beyond Bits Stored', () => {
    expect(fitSamples({ bytes: words(0x8000, 0x7ff0), precision: 16, isSigned: false }, { ...image(16, 12, 1), highBit: 15 })).toEqual({ pixels: words(0x8000, 0x7ff0), image: { ...image(16, 12, 1), highBit: 15 } });
    expect(fitSamples({ bytes: words(0x8000, 5), precision: 16, isSigned: false }, image(16, 12, 1))).toEqual({ pixels: words(0x8000, 5), image: image(16, 12, 1) });
  });

  it('given a codestream with a sign where there is none, then values are what their bits say', () => {
    expect(fitSamples({ bytes: words(-1, 5), precision: 12, isSigned: true }, image(16, 12, 0)).pixels).toEqual(words(4095, 5));
  });

  it('given a signed codestream of more bits than Bits Stored, then that is what it says, whatever the values of the frame', () => {
    expect(fitSamples({ bytes: words(-9000, 5), precision: 16, isSigned: true }, image(16, 14, 1)).image).toEqual(image(16, 16, 1));
    expect(fitSamples({ bytes: words(-8000, 5), precision: 16, isSigned: true }, image(16, 14, 1)).image).toEqual(image(16, 16, 1));
    expect(fitSamples({ bytes: words(20_000, 5), precision: 16, isSigned: false }, image(16, 14, 0)).image).toEqual(image(16, 14, 0));
  });

  it('given another number of samples, then the frame is damaged', () => {
    expect(() => fitSamples({ bytes: Buffer.alloc(0), precision: 12, isSigned: false }, image(16, 12, 0))).toThrow('The codec decoded 0 bytes of 4: the frame is damaged.');
  });
});
