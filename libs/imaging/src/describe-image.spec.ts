import { describe, expect, it } from '@jest/globals';
import { describeImage, type Metadata } from './describe-image.js';

const us = (value: number): { vr: string; Value: number[] } => ({ vr: 'US', Value: [value] });
const image: Metadata = { '00280010': us(3), '00280011': us(2), '00280100': us(16) };
const colours = (value: string): Metadata => ({ ...image, '00280004': { vr: 'CS', Value: [value] } });

describe('describeImage', () => {
  it('given no more than size and bits, then what the rest can only be', () => {
    expect(describeImage(image)).toEqual({ rows: 3, columns: 2, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2', pixelDataVr: undefined });
  });

  it.each(['MONOCHROME1', 'MONOCHROME1 ', 'MONOCHROME1\0', ' MONOCHROME1\0 \0'])('given the Photometric Interpretation %j, then it is told without what pads it', (value) => {
    expect(describeImage(colours(value)).photometricInterpretation).toBe('MONOCHROME1');
  });

  it.each(['00280010', '00280011', '00280100'])('given no %s, then the image is refused by name', (tag) => {
    expect(() => describeImage({ ...image, [tag]: undefined })).toThrow(tag.slice(4));
  });
});
