import { type ImageDescription, type RawFrame } from '../image-description.js';

/** Stored values of a frame with one sample a pixel, for samples that `storedWords` does not hold: 32 bits, float, one bit. */
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

/** Stored value of such a word: the stored bits below High Bit, with their sign (PS3.5 §8.1.1). */
export function valueOfWord({ bitsStored, highBit, pixelRepresentation }: ImageDescription): (word: number) => number {
  const [left, right] = [31 - highBit, 32 - bitsStored];
  return pixelRepresentation === 1 ? (word) => (word << left) >> right : (word) => (word << left) >>> right;
}
