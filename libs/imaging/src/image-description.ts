import { ImagingError } from './imaging-error.js';

/** How the samples of one frame lie in its bytes: the Image Pixel module (PS3.3 §C.7.6.3). */
export interface ImageDescription {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** 1, 8, 16, 32 or 64. */
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  /** 1: two's complement. */
  readonly pixelRepresentation: 0 | 1;
  /** 0: the samples of a pixel side by side, 1: plane after plane. 0 where there is one sample a pixel. */
  readonly planarConfiguration: 0 | 1;
  readonly photometricInterpretation: string;
  /** VR of Pixel Data: it says how big endian bytes are swapped; OF and OD are Float and Double Float Pixel Data. OW where it is not known. */
  readonly pixelDataVr?: string | undefined;
}

/** Samples of a frame as the native syntaxes have them, little endian (PS3.5 §8.1, §A.1, §A.2). */
export interface RawFrame {
  /** One-bit samples are packed, the first pixel in the lowest bit. */
  readonly pixels: Buffer;
  readonly image: ImageDescription;
}

/** What is refused before memory is taken for it. */
export interface FrameLimits {
  /** Rows × Columns. */
  readonly maxPixels: number;
  /** Bytes of the frame when decoded. */
  readonly maxDecodedBytes: number;
  /** Bytes of the frame as stored. */
  readonly maxEncodedBytes: number;
}

/** The largest frames in use are mammograms, some 30 million pixels. JPEG 2000 takes up to four times `maxDecodedBytes` while it decodes. */
export const defaultFrameLimits: FrameLimits = { maxPixels: 128 * 1024 * 1024, maxDecodedBytes: 256 * 1024 * 1024, maxEncodedBytes: 256 * 1024 * 1024 };

/** What codecs add to noise, and what stands beside the samples, such as colour profiles. */
const mostEncodedBytes = (image: ImageDescription): number => 4 * 1024 * 1024 + 4 * frameBytes(image);

const ALLOCATED = new Set([1, 8, 16, 32, 64]);

/** True for YBR_FULL_422 as the native syntaxes have it: Y Y Cb Cr for two pixels, so two samples a pixel (PS3.3 §C.7.6.3.1.2). */
export function isSubsampled({ photometricInterpretation, samplesPerPixel }: ImageDescription): boolean {
  return samplesPerPixel === 3 && photometricInterpretation.endsWith('_422');
}

/** Bytes of one frame with all its samples. */
export function frameBytes({ rows, columns, samplesPerPixel, bitsAllocated }: ImageDescription): number {
  return Math.ceil((rows * columns * samplesPerPixel * bitsAllocated) / 8);
}

/** @throws ImagingError when the description is no image's (`malformed`), or the frame is above a limit (`too-large`) */
export function checkImage(image: ImageDescription, encodedBytes: number, limits: FrameLimits): void {
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit } = image;
  if (!isSize(rows) || !isSize(columns)) throw new ImagingError('malformed', `An image of ${columns} columns and ${rows} rows is none: both are 1 to 65535.`);
  if (![1, 3, 4].includes(samplesPerPixel)) throw new ImagingError('unsupported', `Samples per Pixel is ${samplesPerPixel}; 1, 3 and 4 are known.`);
  if (!ALLOCATED.has(bitsAllocated)) throw new ImagingError('unsupported', `Bits Allocated is ${bitsAllocated}; 1, 8, 16, 32 and 64 are known.`);
  if (bitsAllocated === 1 && samplesPerPixel > 1) throw new ImagingError('unsupported', 'Colours of one bit a sample are not known.');
  if (!(bitsStored >= 1 && bitsStored <= bitsAllocated)) throw new ImagingError('malformed', `Bits Stored is ${bitsStored}, of ${bitsAllocated} allocated.`);
  if (!(highBit >= bitsStored - 1 && highBit < bitsAllocated)) throw new ImagingError('malformed', `High Bit is ${highBit}, with ${bitsStored} bits stored of ${bitsAllocated}.`);
  if (rows * columns > limits.maxPixels) throw new ImagingError('too-large', `The frame has ${columns} × ${rows} pixels; at most ${limits.maxPixels} pixels are decoded.`);
  if (frameBytes(image) > limits.maxDecodedBytes) throw new ImagingError('too-large', `The frame has ${frameBytes(image)} bytes when decoded; at most ${limits.maxDecodedBytes} are.`);
  const most = Math.min(limits.maxEncodedBytes, mostEncodedBytes(image));
  if (encodedBytes > most) throw new ImagingError('too-large', `The frame has ${encodedBytes} bytes; at most ${most} are decoded, as it has ${frameBytes(image)} then.`);
}

function isSize(value: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= 65535;
}
