import { frameBytes, type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';

/** Samples as a codec gives them: one byte each up to 8 bits, else two, little endian. */
export interface DecodedSamples {
  readonly bytes: Buffer;
  readonly precision: number;
  readonly isSigned: boolean;
}

/**
 * Makes them as wide as Bits Allocated, and as signed as Pixel Representation says: a codestream often has no sign, or the
 * wrong one; its values are then the low bits of what was meant.
 *
 * @throws ImagingError when the codec gave another number of samples than the image has
 */
export function fitSamples(decoded: DecodedSamples, image: ImageDescription): RawFrame {
  const { precision, isSigned } = decoded;
  // Signed numbers of more bits show that Bits Stored was wrong; what stands above unsigned ones may be something else, as overlays were.
  const holdsMore = isSigned && image.pixelRepresentation === 1 && precision > image.bitsStored && image.highBit === image.bitsStored - 1;
  return { pixels: fitted(decoded, image), image: holdsMore ? { ...image, bitsStored: precision, highBit: precision - 1 } : image };
}

function fitted(decoded: DecodedSamples, image: ImageDescription): Buffer {
  const { bitsAllocated, samplesPerPixel, rows, columns } = image;
  const given = decoded.precision > 8 ? 2 : 1;
  const count = rows * columns * samplesPerPixel;
  if (decoded.bytes.length !== given * count) throw new ImagingError('malformed', `The codec decoded ${decoded.bytes.length} bytes of ${given * count}: the frame is damaged.`);
  const isSigned = image.pixelRepresentation === 1;
  // Words with all their bits are what they are, whatever of them is the sample.
  if (given * 8 === bitsAllocated && (isSigned === decoded.isSigned || decoded.precision === bitsAllocated)) return decoded.bytes;
  const bits = isSigned === decoded.isSigned ? 0 : isSigned ? Math.min(image.bitsStored, decoded.precision) : decoded.precision;
  return widened(decoded, given, frameBytes(image) / count, count, bits);
}

/** @param bits of which the sign is told anew; 0: the sign is right */
function widened({ bytes, isSigned }: DecodedSamples, given: number, width: number, count: number, bits: number): Buffer {
  if (width > 4) throw new ImagingError('unsupported', 'Samples of 64 bits are not compressed.');
  const out = Buffer.allocUnsafe(count * width);
  const spare = 32 - bits;
  for (let sample = 0; sample < count; sample++) {
    const at = sample * given;
    let value = given === 1 ? bytes[at]! : bytes[at]! | (bytes[at + 1]! << 8);
    if (bits === 0) value = isSigned ? (value << (32 - 8 * given)) >> (32 - 8 * given) : value;
    else value = isSigned ? (value << spare) >>> spare : (value << spare) >> spare;
    const to = sample * width;
    for (let byte = 0; byte < width; byte++) out[to + byte] = value >> (8 * byte);
  }
  return out;
}
