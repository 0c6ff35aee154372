import { type ImageDescription, type RawFrame } from '../image-description.js';

/** Stored values of a frame with one sample a pixel, for samples that no table of all values is made of: 32 bits, float, one bit. */
export function storedValues({ pixels, image }: RawFrame): Float64Array {
  const { rows, columns, bitsAllocated, pixelRepresentation, pixelDataVr } = image;
  const count = rows * columns;
  const values = new Float64Array(count);
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const read = readerOf(view, bitsAllocated, pixelDataVr, pixelRepresentation === 1);
  for (let at = 0; at < count; at++) values[at] = read(at);
  return values;
}

function readerOf(view: DataView, bitsAllocated: number, vr: string | undefined, isSigned: boolean): (at: number) => number {
  if (bitsAllocated === 1) return (at) => (view.getUint8(at >> 3) >> at % 8) & 1;
  if (bitsAllocated === 64) return vr === 'OD' ? (at) => view.getFloat64(8 * at, true) : isSigned ? (at) => Number(view.getBigInt64(8 * at, true)) : (at) => Number(view.getBigUint64(8 * at, true));
  if (vr === 'OF') return (at) => view.getFloat32(4 * at, true);
  return isSigned ? (at) => view.getInt32(4 * at, true) : (at) => view.getUint32(4 * at, true);
}

/** True where `storedWords` and a table of all values do: samples of 8 and 16 bits. */
export function isTabled({ bitsAllocated }: ImageDescription): boolean {
  return bitsAllocated === 8 || bitsAllocated === 16;
}

/** Samples of 8 or 16 bits as they stand, without sign; see `valueOfWord`. */
export function storedWords({ pixels, image }: RawFrame): Uint8Array | Uint16Array {
  if (image.bitsAllocated === 8) return pixels;
  if (pixels.byteOffset % 2 === 0) return new Uint16Array(pixels.buffer, pixels.byteOffset, pixels.length >> 1);
  return new Uint16Array(Uint8Array.from(pixels).buffer);
}

/** The value that a word stands for: the stored bits below High Bit, with their sign (PS3.5 §8.1.1). */
export function valueOfWord(word: number, { bitsStored, highBit, pixelRepresentation }: ImageDescription): number {
  const value = (word >>> (highBit + 1 - bitsStored)) & (2 ** bitsStored - 1);
  return pixelRepresentation === 1 && value >= 2 ** (bitsStored - 1) ? value - 2 ** bitsStored : value;
}
