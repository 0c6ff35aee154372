import { type ImageDescription, type RawFrame } from '../image-description.js';
import { fitsBitsStored } from './fits-bits-stored.js';
import { interleaved } from './interleaved.js';

/** Samples as codecs take them: pixel by pixel, one byte each up to 8 bits of precision, else two, little endian. */
export interface CodableSamples {
  readonly bytes: Buffer;
  readonly precision: number;
  readonly image: ImageDescription;
}

/** Samples with a sign as numbers from zero: half of the range of `precision` bits was added. */
export interface SignedSamples extends CodableSamples {
  readonly isSigned: boolean;
}

/**
 * For JPEG and JPEG-LS, which have no sign: signed samples are coded as the words that they are. Decoders want as many bytes as are allocated. The
 * precision is Bits Stored, or all bits where something stands beside them (overlays, left-aligned samples, padding): whatever is in a word stays.
 */
export function unsignedSamples(frame: RawFrame): CodableSamples {
  const { pixels, image } = interleaved(frame);
  const { bitsAllocated, bitsStored, pixelRepresentation } = image;
  const isWhole = pixelRepresentation === 1 || bitsStored <= bitsAllocated - 8 || !holdsNothingElse(pixels, image);
  return { bytes: pixels, precision: isWhole ? bitsAllocated : bitsStored, image };
}

/** Noise of fewer bits may take more room than the JPEG 2000 encoder has for samples of so many. */
const LEAST_PRECISION = 8;

/** For JPEG 2000; where samples are not all that is in the words, or have few bits, these are coded as they are, without a sign. */
export function signedSamples(frame: RawFrame): SignedSamples {
  const { pixels, image } = interleaved(frame);
  if (image.bitsStored < LEAST_PRECISION || !holdsNothingElse(pixels, image)) return { bytes: pixels, precision: image.bitsAllocated, image, isSigned: false };
  return { bytes: packed(pixels, image), precision: image.bitsStored, image, isSigned: image.pixelRepresentation === 1 };
}

function holdsNothingElse(pixels: Buffer, image: ImageDescription): boolean {
  return image.highBit === image.bitsStored - 1 && fitsBitsStored(pixels, image);
}

/** In as many bytes as Bits Stored take, from zero. */
function packed(pixels: Buffer, { bitsAllocated, bitsStored, pixelRepresentation }: ImageDescription): Buffer {
  const given = bitsAllocated / 8;
  const width = bitsStored > 8 ? 2 : 1;
  if (given === width && pixelRepresentation === 0) return pixels;
  const count = pixels.length / given;
  const bytes = Buffer.allocUnsafe(count * width);
  const half = pixelRepresentation === 1 ? 2 ** (bitsStored - 1) : 0;
  const mask = 2 ** bitsStored - 1;
  for (let sample = 0, from = 0, to = 0; sample < count; sample++, from += given) {
    const word = given === 1 ? pixels[from]! : pixels[from]! | (pixels[from + 1]! << 8);
    const value = (word + half) & mask;
    bytes[to++] = value;
    if (width === 2) bytes[to++] = value >> 8;
  }
  return bytes;
}
