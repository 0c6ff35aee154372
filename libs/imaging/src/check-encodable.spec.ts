import { describe, expect, it } from '@jest/globals';

import { checkEncodable, decodedColours } from './check-encodable.js';
import { type ImageDescription } from './image-description.js';
import { transferSyntaxOf } from './transfer-syntaxes.js';

const ROOT = '1.2.840.10008.1.2';
const grey: ImageDescription = { rows: 2, columns: 2, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 12, highBit: 11, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' };
const bytes = { ...grey, bitsAllocated: 8, bitsStored: 8, highBit: 7 };
const colours = { ...bytes, samplesPerPixel: 3, photometricInterpretation: 'RGB' };

function check(syntax: string, image: ImageDescription): () => void {
  return () => checkEncodable(transferSyntaxOf(`${ROOT}${syntax}`)!, image);
}

describe('checkEncodable', () => {
  it.each([
    ['.4.50', { ...bytes, photometricInterpretation: 'PALETTE COLOR' }, 'written of MONOCHROME1, MONOCHROME2 where there are 1 samples a pixel; the image has PALETTE COLOR'],
    ['.4.50', { ...bytes, pixelRepresentation: 1 as const }, 'written of samples without a sign; the image has signed ones'],
    ['.4.50', grey, 'written of samples of 8 bits; the image has samples of 16 bits'],
    ['.4.50', { ...bytes, bitsStored: 6 }, 'written of samples in the low bits, and colours of all bits; the image has 6 bits stored with High Bit 7'],
    ['.4.90', { ...colours, bitsAllocated: 16, bitsStored: 16, highBit: 15 }, 'written of colours of 8 bits a sample; the image has colours of 16'],
    ['.4.90', { ...grey, rows: 1 }, 'written of images of at least 2 × 2 pixels; the image has 2 × 1'],
    ['.4.80', { ...colours, samplesPerPixel: 4, photometricInterpretation: 'CMYK' }, 'written of one or three samples a pixel; the image has 4'],
    ['.4.80', { ...colours, photometricInterpretation: 'YBR_PARTIAL_420' }, 'written of RGB, YBR_FULL, YBR_FULL_422 where there are 3 samples a pixel; the image has YBR_PARTIAL_420'],
    ['.5', { ...colours, bitsAllocated: 64, bitsStored: 64, highBit: 63 }, 'written of colours of 8, 16, 32 bits a sample; the image has colours of 64'],
    ['.5', { ...grey, bitsAllocated: 32, bitsStored: 32, highBit: 31, pixelDataVr: 'OF' }, 'written of whole numbers; the image has floating point samples'],
  ])('given what %s is not written of, then it is refused with what it is', (syntax, image, text) => {
    expect(check(syntax, image)).toThrow(text);
    expect(check(syntax, image)).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('given what is written, or a syntax without fragments, then nothing is said', () => {
    for (const syntax of ['.4.70', '.4.80', '.4.90', '.4.201', '.5']) for (const image of [grey, bytes, colours, { ...grey, pixelRepresentation: 1 as const }]) expect(check(syntax, image)).not.toThrow();
    for (const image of [bytes, colours, { ...bytes, bitsStored: 6, highBit: 5 }]) expect(check('.4.50', image)).not.toThrow();
    expect(check('.1', { ...colours, samplesPerPixel: 4, photometricInterpretation: 'CMYK' })).not.toThrow();
  });
});

describe('decodedColours', () => {
  it.each([['.4.90', 'YBR_RCT', 'RGB'], ['.4.91', 'YBR_ICT', 'RGB'], ['.4.50', 'YBR_FULL_422', 'YBR_FULL'], ['.1', 'YBR_FULL_422', 'YBR_FULL_422'], ['.4.70', 'MONOCHROME2', 'MONOCHROME2']])('given %s of %s, then frames are decoded to %s', (syntax, named, decoded) => {
    expect(decodedColours(transferSyntaxOf(`${ROOT}${syntax}`)!, { ...grey, photometricInterpretation: named })).toBe(decoded);
  });
});
