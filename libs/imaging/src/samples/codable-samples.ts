import { type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { interleaved } from './interleaved.js';

/** @returns the frame interleaved, and the bits that hold each of its values: Bits Stored, or all where something stands above them (overlays, left-aligned samples). */
export function codableSamples(frame: RawFrame): RawFrame & { readonly precision: number } {
  const { pixels, image } = interleaved(frame);
  const { bitsAllocated, bitsStored, pixelDataVr } = image;
  if ((bitsAllocated !== 8 && bitsAllocated !== 16) || pixelDataVr === 'OF' || pixelDataVr === 'OD') {
    throw new ImagingError('unsupported', `Samples of ${bitsAllocated} bits are not compressed by this transfer syntax; those of 8 and 16 bits are.`);
  }
  const holdsAll = bitsStored === bitsAllocated || (image.pixelRepresentation === 1 ? isSignedWithin(pixels, bitsAllocated, bitsStored) : isWithin(pixels, bitsAllocated, bitsStored));
  return { pixels, image, precision: holdsAll ? bitsStored : bitsAllocated };
}

function isWithin(pixels: Buffer, bitsAllocated: number, bits: number): boolean {
  const bytes = bitsAllocated / 8;
  let seen = 0;
  if (bytes === 1) for (const value of pixels) seen |= value;
  else for (let at = 0; at < pixels.length; at += 2) seen |= pixels[at]! | (pixels[at + 1]! << 8);
  return seen >>> bits === 0;
}

function isSignedWithin(pixels: Buffer, bitsAllocated: number, bits: number): boolean {
  const bytes = bitsAllocated / 8;
  const spare = 32 - bits;
  for (let at = 0; at < pixels.length; at += bytes) {
    const value = bytes === 1 ? pixels.readInt8(at) : pixels.readInt16LE(at);
    if ((value << spare) >> spare !== value) return false;
  }
  return true;
}
