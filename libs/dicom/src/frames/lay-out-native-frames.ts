import { type PixelDataRange, type ScannedFile } from '../element-table.js';
import { type FrameTable, type ImageLayout, unknownFrames } from './frame-table.js';

/** Frames of native Pixel Data: as long as the Image Pixel module says. Bytes behind the last frame are padding (PS3.5 §8.1.1). */
export function layOutNativeFrames(file: ScannedFile, pixelData: PixelDataRange, image: ImageLayout): FrameTable {
  const { rows, columns, samplesPerPixel, bitsAllocated, numberOfFrames: frames } = image;
  const bits = product(rows, columns, bitsAllocated);
  if (bits === undefined) return unknownFrames('Rows, Columns or Bits Allocated is missing, 0 or too large.');
  const samples = storedSamples(image, pixelData, bits);
  const frameBits = product(bits, samples);
  if (frameBits === undefined) return unknownFrames(`Samples per Pixel is ${samplesPerPixel ?? 'missing'}.`);
  const strideBits = strideOf(frameBits, frames, pixelData.length);
  const total = product(strideBits, frames);
  if (total === undefined || Math.ceil((total - strideBits + frameBits) / 8) > pixelData.length) {
    return unknownFrames(`${frames} frames of ${frameBits} bits do not fit into ${pixelData.length} bytes of Pixel Data.`);
  }
  if (isSwappedAcrossFrames(file, pixelData, bitsAllocated, strideBits, frames)) return unknownFrames('Frames begin inside the swapped 16-bit words of big endian Pixel Data.');
  const wordBits = inSwappedWords(file, pixelData, bitsAllocated) ? Math.ceil(frameBits / 16) * 16 : frameBits;
  return { kind: 'native', frames, offset: pixelData.offset, frameBits: Math.min(wordBits, 8 * pixelData.length), strideBits: Math.max(strideBits, wordBits), inflated: file.deflated };
}

/** Product of positive whole numbers that arithmetic can still hold exactly; undefined otherwise. */
function product(...factors: (number | undefined)[]): number | undefined {
  let result = 1;
  for (const factor of factors) {
    if (factor === undefined || !Number.isSafeInteger(factor) || factor < 1) return undefined;
    result *= factor;
    if (!Number.isSafeInteger(result)) return undefined;
  }
  return result;
}

/**
 * YBR_FULL_422 stores Y Y Cb Cr for two pixels: two samples a pixel (PS3.3 §C.7.6.3.1.2). Some writers name it and store three;
 * then three fit, and two are not what fills the value.
 */
function storedSamples({ samplesPerPixel, photometricInterpretation, numberOfFrames }: ImageLayout, { length }: PixelDataRange, pixelBits: number): number | undefined {
  if (samplesPerPixel !== 3 || !photometricInterpretation?.endsWith('_422')) return samplesPerPixel;
  const three = product(pixelBits, 3, numberOfFrames);
  return three !== undefined && Math.ceil(three / 8) <= length ? 3 : 2;
}

/** One-bit frames follow without a gap; where the value has exactly the length of frames that begin at bytes, they do that. */
function strideOf(frameBits: number, frames: number, length: number): number {
  const rounded = Math.ceil(frameBits / 8) * 8;
  const roundedBytes = (rounded / 8) * frames;
  const packedBytes = Math.ceil((frameBits * frames) / 8);
  return packedBytes + (packedBytes % 2) < length && (length === roundedBytes || length === roundedBytes + (roundedBytes % 2)) ? rounded : frameBits;
}

function isSwappedAcrossFrames(file: ScannedFile, pixelData: PixelDataRange, bitsAllocated: number | undefined, strideBits: number, frames: number): boolean {
  return inSwappedWords(file, pixelData, bitsAllocated) && frames > 1 && strideBits % 16 !== 0;
}

/** In big endian OW the two bytes of each word are swapped, also where samples are bytes or bits (PS3.5 §7.3): a frame must be whole words. */
function inSwappedWords(file: ScannedFile, { vr }: PixelDataRange, bitsAllocated: number | undefined): boolean {
  return !file.littleEndian && vr === 'OW' && (bitsAllocated ?? 0) <= 8;
}
