import { type ImageDescription } from '../image-description.js';

/** Whether each sample, of 8 or 16 bits, is a number of Bits Stored bits: nothing stands above them, and samples are not left-aligned. */
export function fitsBitsStored(pixels: Buffer, { bitsAllocated, bitsStored, pixelRepresentation }: ImageDescription): boolean {
  if (bitsStored === bitsAllocated) return true;
  return pixelRepresentation === 1 ? isSignedWithin(pixels, bitsAllocated, bitsStored) : isWithin(pixels, bitsAllocated, bitsStored);
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
