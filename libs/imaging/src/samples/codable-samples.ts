import { type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { fitsBitsStored } from './fits-bits-stored.js';
import { interleaved } from './interleaved.js';

/** @returns the frame interleaved, and the bits that hold each of its values: Bits Stored, or all where something stands above them (overlays, left-aligned samples). */
export function codableSamples(frame: RawFrame): RawFrame & { readonly precision: number } {
  const { pixels, image } = interleaved(frame);
  const { bitsAllocated, bitsStored, pixelDataVr } = image;
  if ((bitsAllocated !== 8 && bitsAllocated !== 16) || pixelDataVr === 'OF' || pixelDataVr === 'OD') {
    throw new ImagingError('unsupported', `Samples of ${bitsAllocated} bits are not compressed by this transfer syntax; those of 8 and 16 bits are.`);
  }
  return { pixels, image, precision: fitsBitsStored(pixels, image) ? bitsStored : bitsAllocated };
}
