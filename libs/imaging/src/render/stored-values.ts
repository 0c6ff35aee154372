import { type ImageDescription, type RawFrame } from '../image-description.js';

/** Stored values of all samples of a frame, for samples that `storedWords` does not hold: 32 bits, float, one bit. */
export function storedValues({ pixels, image }: RawFrame): Float64Array {
  const count = image.rows * image.columns * image.samplesPerPixel;
  const values = new Float64Array(count);
  const view = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const read = readerOf(view, image);
  for (let at = 0; at < count; at++) values[at] = read(at);
  return values;
}

function readerOf(view: DataView, image: ImageDescription): (at: number) => number {
  const { bitsAllocated, pixelDataVr: vr } = image;
  const isSigned = image.pixelRepresentation === 1;
  if (bitsAllocated === 1) return (at) => (view.getUint8(at >> 3) >> at % 8) & 1;
  if (bitsAllocated === 64) return vr === 'OD' ? (at) => view.getFloat64(8 * at, true) : isSigned ? (at) => Number(view.getBigInt64(8 * at, true)) : (at) => Number(view.getBigUint64(8 * at, true));
  if (vr === 'OF') return (at) => view.getFloat32(4 * at, true);
  const valueOf = valueOfWord(image);
  return (at) => valueOf(view.getInt32(4 * at, true));
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
