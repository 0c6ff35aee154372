import { checkCodestream } from '../codestream/check-codestream.js';
import { coloursOf, readJpegHeader } from '../codestream/read-jpeg-header.js';
import { type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { unsignedSamples } from '../samples/codable-samples.js';
import { fitSamples } from '../samples/fit-samples.js';
import { toRgb } from '../samples/to-rgb.js';
import { type EncodedFrame, type EncodeOptions } from './codec.js';
import { decodeJpegNatively, encodeNatively } from './native-codecs.js';

/** SOF0 to SOF3: what is sequential and Huffman coded (PS3.5 §A.4.1), and the retired progressive SOF2. */
const KNOWN = new Set([0xc0, 0xc1, 0xc2, 0xc3]);
/** A lossless sample has one bit at least; a block of 64 has two, and with chroma halved both ways stands for 128 samples. */
const MOST_SAMPLES_A_BYTE: Readonly<Record<number, number>> = { 0xc0: 512, 0xc1: 512, 0xc3: 8 };
/** Lossy Image Compression Method (PS3.3 §C.7.6.1.1.5.1). */
const JPEG_LOSSY = 'ISO_10918_1';
const SOF_LOSSLESS = 0xc3;
const SOS = 0xda;
const APP14 = 0xee;

/** JPEG, lossy and lossless, as the stream says and not the transfer syntax (PS3.5 §8.2.1). Colours stay as coded, chroma for each pixel. */
export async function decodeJpeg(frame: Buffer, image: ImageDescription): Promise<RawFrame> {
  const header = readJpegHeader(frame);
  checkCodestream({ ...header, components: header.componentIds.length }, image);
  if (!KNOWN.has(header.process)) throw new ImagingError('unsupported', `JPEG of the kind FF${header.process.toString(16).toUpperCase()} is not decoded.`);
  const samples = image.rows * image.columns * image.samplesPerPixel;
  const most = MOST_SAMPLES_A_BYTE[header.process];
  if (most !== undefined && samples > most * frame.length) throw new ImagingError('malformed', `${frame.length} bytes of JPEG cannot hold ${samples} samples.`);
  const bytes = await decodeJpegNatively(frame, { ...image, bitsAllocated: header.precision > 8 ? 16 : 8, bitsStored: header.precision, pixelRepresentation: 0 });
  const fitted = fitSamples({ bytes, precision: header.precision, isSigned: false }, image);
  return { pixels: fitted.pixels, image: { ...fitted.image, planarConfiguration: 0, photometricInterpretation: coloursOf(header, image) } };
}

/** JPEG Baseline: 8 bits, grey or colour; colours as YCbCr with the chroma of every pixel. Values stay as they are where fewer bits were stored. */
export async function encodeJpegBaseline(frame: RawFrame, { quality }: EncodeOptions): Promise<EncodedFrame> {
  const { pixels, image } = toRgb(frame);
  const { bitsStored, samplesPerPixel, photometricInterpretation } = image;
  const samples = bitsStored === 8 ? pixels : pixels.map((word) => word & (2 ** bitsStored - 1));
  const bytes = await encodeNatively('encodeJpeg', Buffer.from(samples.buffer, samples.byteOffset, samples.length), image, 8, { lossy: true, quality, sampleFactor: 0 });
  const lossy = { method: JPEG_LOSSY, ratio: frame.pixels.length / bytes.length };
  return { bytes, lossy, image: { ...image, bitsStored: 8, highBit: 7, photometricInterpretation: samplesPerPixel === 3 ? 'YBR_FULL' : photometricInterpretation } };
}

/** JPEG Lossless, Selection Value 1. It has no sign. */
export async function encodeJpegLossless(frame: RawFrame): Promise<EncodedFrame> {
  const { bytes: samples, image, precision } = unsignedSamples(frame);
  const bytes = await encodeNatively('encodeJpeg', samples, image, precision, { lossy: false, predictor: 1 });
  return { bytes: image.samplesPerPixel === 3 && image.photometricInterpretation !== 'RGB' ? withoutColours(bytes) : bytes, image };
}

/** The codec marks all colours as RGB: by the Adobe marker, and by the names of the components in the headers of frame and scan. */
function withoutColours(bytes: Buffer): Buffer {
  const parts = [bytes.subarray(0, 2)];
  for (let at = 2; ;) {
    const marker = bytes[at + 1]!;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (marker === SOF_LOSSLESS) for (let component = 0; component < 3; component++) bytes[at + 10 + 3 * component] = component + 1;
    if (marker === SOS) {
      for (let component = 0; component < 3; component++) bytes[at + 5 + 2 * component] = component + 1;
      return Buffer.concat([...parts, bytes.subarray(at)]);
    }
    if (marker !== APP14) parts.push(bytes.subarray(at, end));
    at = end;
  }
}
