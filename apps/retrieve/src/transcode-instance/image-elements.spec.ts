import { describe, expect, it } from '@jest/globals';
import type { ImageDescription, Metadata } from '@isocenter/imaging';
import { imageElements } from './image-elements.js';

const JPEG = '1.2.840.10008.1.2.4.50';
const NATIVE = '1.2.840.10008.1.2.1';
const image: ImageDescription = { rows: 10, columns: 10, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' };
const said: Metadata = { '00282110': { vr: 'CS', Value: ['01'] }, '00282112': { vr: 'DS', Value: [12.5] }, '00282114': { vr: 'CS', Value: ['ISO_15444_1'] } };

/** Texts of Lossy Image Compression, its ratio and its method. */
function losses(transferSyntax: string, metadata: Metadata, lossy?: { method: string; ratio: number }): (string | undefined)[] {
  const elements = imageElements({ image, metadata, transferSyntax, firstLength: 20 }, { image, lossy });
  return [0x00282110, 0x00282112, 0x00282114].map((tag) => elements.get(tag)?.value.toString());
}

describe('imageElements', () => {
  it('given what was lost before, then what is lost now is added to it', () => {
    expect(losses(NATIVE, said, { method: 'ISO_10918_1', ratio: 8 })).toEqual(['01', '12.5\\8.00', 'ISO_15444_1\\ISO_10918_1']);
    expect(losses(NATIVE, {}, { method: 'ISO_10918_1', ratio: 8 })).toEqual(['01', '8.00', 'ISO_10918_1']);
  });

  it('given nothing lost now, then what the data set says stays; lossy JPEG that says nothing is told of', () => {
    expect(losses(JPEG, said)).toEqual([undefined, undefined, undefined]);
    expect(losses(NATIVE, {})).toEqual([undefined, undefined, undefined]);
    expect(losses(JPEG, {})).toEqual(['01', '5.00', 'ISO_10918_1']);
  });

  it('given a frame that is described otherwise than the data set, then that is replaced', () => {
    const elements = imageElements({ image, metadata: {}, transferSyntax: NATIVE, firstLength: 100 }, { image: { ...image, bitsStored: 6, photometricInterpretation: 'MONOCHROME1' } });
    expect([...elements].map(([tag, { vr, value }]) => [tag.toString(16), vr, vr === 'US' ? value.readUInt16LE() : value.toString()])).toEqual([['280101', 'US', 6], ['280004', 'CS', 'MONOCHROME1']]);
  });
});
