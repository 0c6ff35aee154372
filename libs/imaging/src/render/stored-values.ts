import { type ImageDescription, type RawFrame } from '../image-description.js';

/** Stored values of a frame with one sample a pixel, for samples that `storedIntegers` does not hold: 32 bits, float, one bit. */
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

/** True where `storedIntegers` holds the samples. */
export function isTabled({ bitsAllocated }: ImageDescription): boolean {
  return bitsAllocated === 8 || bitsAllocated === 16;
}

export type Integers = Int8Array | Uint8Array | Int16Array | Uint16Array;

/** Stored values of samples of 8 or 16 bits: the stored bits below High Bit, with their sign (PS3.5 §8.1.1). A view where nothing else is in the words. */
export function storedIntegers({ pixels, image }: RawFrame): Integers {
  const { bitsAllocated, bitsStored, highBit, pixelRepresentation } = image;
  const aligned = bitsAllocated === 8 || pixels.byteOffset % 2 === 0 ? pixels : new Uint8Array(pixels);
  const Words = bitsAllocated === 8 ? (pixelRepresentation === 1 ? Int8Array : Uint8Array) : pixelRepresentation === 1 ? Int16Array : Uint16Array;
  const words = new Words(aligned.buffer as ArrayBuffer, aligned.byteOffset, Math.floor((8 * aligned.length) / bitsAllocated));
  if (bitsStored === bitsAllocated) return words;
  const values = new Words(words.length);
  const [left, right] = [31 - highBit, 32 - bitsStored];
  if (pixelRepresentation === 1) for (let at = 0; at < words.length; at++) values[at] = (words[at]! << left) >> right;
  else for (let at = 0; at < words.length; at++) values[at] = (words[at]! << left) >>> right;
  return values;
}
