import { type ImageDescription, type RawFrame } from '../image-description.js';

/** The stored value of each pixel of a frame with one sample a pixel, for samples that `storedWords` does not hold: 32 and 64 bits, float. */
export function storedValues({ pixels, image }: RawFrame): (at: number) => number {
  const { bitsAllocated, bitsStored, highBit, pixelRepresentation, pixelDataVr: vr } = image;
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  if (vr === 'OD' && bitsAllocated === 64) return (at) => view.getFloat64(8 * at, true);
  if (vr === 'OF' && bitsAllocated === 32) return (at) => view.getFloat32(4 * at, true);
  if (bitsAllocated === 32) {
    const valueOf = valueOfWord(image);
    return (at) => valueOf(view.getInt32(4 * at, true));
  }
  const unused = BigInt(highBit + 1 - bitsStored);
  const cut = pixelRepresentation === 1 ? BigInt.asIntN : BigInt.asUintN;
  return (at) => Number(cut(bitsStored, view.getBigUint64(8 * at, true) >> unused));
}

/** One bit a pixel, the first one in the lowest, as 0 or 1 by a level each. */
export function spreadBits(pixels: Buffer, [zero, one]: readonly [number, number], out: Uint8Array): Uint8Array {
  for (let at = 0; at < out.length; at++) out[at] = (pixels[at >> 3]! >> (at & 7)) & 1 ? one : zero;
  return out;
}

/** True where `storedWords` holds the samples. */
export function isTabled({ bitsAllocated }: ImageDescription): boolean {
  return bitsAllocated === 8 || bitsAllocated === 16;
}

/** Samples of 8 or 16 bits as they are in the frame, always in an array of one type: what reads it is compiled once. */
export function storedWords({ pixels, image: { bitsAllocated } }: RawFrame): Uint16Array {
  if (bitsAllocated === 8) return new Uint16Array(pixels);
  const aligned = pixels.byteOffset % 2 === 0 ? pixels : new Uint8Array(pixels);
  return new Uint16Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, Math.floor(aligned.length / 2));
}

/** Stored value of such a word, or of one of 32 bits: the stored bits below High Bit, with their sign (PS3.5 §8.1.1). */
export function valueOfWord({ bitsStored, highBit, pixelRepresentation }: ImageDescription): (word: number) => number {
  const [left, right] = [31 - highBit, 32 - bitsStored];
  return pixelRepresentation === 1 ? (word) => (word << left) >> right : (word) => (word << left) >>> right;
}
