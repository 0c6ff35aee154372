import { checkCodestream } from '../codestream/check-codestream.js';
import { coloursOf, readJpegHeader } from '../codestream/read-jpeg-header.js';
import { type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { codableSamples } from '../samples/codable-samples.js';
import { fitSamples } from '../samples/fit-samples.js';
import { toRgb } from '../samples/to-rgb.js';
import { type EncodedFrame, type EncodeOptions } from './codec.js';
import { decodeJpegNatively, encodeNatively } from './native-codecs.js';

/** SOF0 to SOF3: what is sequential and Huffman coded (PS3.5 §A.4.1), and the retired progressive SOF2. */
const KNOWN = new Set([0xc0, 0xc1, 0xc2, 0xc3]);
/** Lossy Image Compression Method (PS3.3 §C.7.6.1.1.5.1). */
const JPEG_LOSSY = 'ISO_10918_1';

/** JPEG, lossy and lossless, as the stream says and not the transfer syntax (PS3.5 §8.2.1). Colours stay as coded, chroma for each pixel. */
export async function decodeJpeg(frame: Buffer, image: ImageDescription): Promise<RawFrame> {
  const header = readJpegHeader(frame);
  checkCodestream({ ...header, components: header.componentIds.length }, image);
  if (!KNOWN.has(header.process)) throw new ImagingError('unsupported', `JPEG of the kind FF${header.process.toString(16).toUpperCase()} is not decoded.`);
  const bytes = await decodeJpegNatively(frame, { ...image, bitsAllocated: header.precision > 8 ? 16 : 8, bitsStored: header.precision, pixelRepresentation: 0 });
  const pixels = fitSamples({ bytes, precision: header.precision, isSigned: false }, image);
  return { pixels, image: { ...image, planarConfiguration: 0, photometricInterpretation: coloursOf(header, image) } };
}

/** JPEG Baseline: 8 bits, grey or colour; colours as YCbCr with the chroma of every pixel. */
export async function encodeJpegBaseline(frame: RawFrame, { quality }: EncodeOptions): Promise<EncodedFrame> {
  const { pixels, image } = toRgb(frame);
  const { bitsAllocated, photometricInterpretation, pixelRepresentation } = image;
  if (bitsAllocated !== 8 || pixelRepresentation === 1) throw new ImagingError('unsupported', 'JPEG Baseline holds unsigned samples of 8 bits only.');
  if (photometricInterpretation === 'PALETTE COLOR') throw new ImagingError('unsupported', 'Palette indices do not survive lossy JPEG.');
  const bytes = await encodeNatively('encodeJpeg', pixels, { ...image, bitsStored: 8 }, { lossy: true, quality, sampleFactor: 0 });
  const lossy = { method: JPEG_LOSSY, ratio: frame.pixels.length / bytes.length };
  return { bytes, lossy, image: { ...image, photometricInterpretation: image.samplesPerPixel === 3 ? 'YBR_FULL' : photometricInterpretation } };
}

/** JPEG Lossless, Selection Value 1. It has no sign: signed samples are coded as the words that they are. */
export async function encodeJpegLossless(frame: RawFrame): Promise<EncodedFrame> {
  const { pixels, image, precision } = codableSamples(frame);
  const bitsStored = image.pixelRepresentation === 1 ? image.bitsAllocated : precision;
  const bytes = await encodeNatively('encodeJpeg', pixels, { ...image, bitsStored, pixelRepresentation: 0 }, { lossy: false, predictor: 1 });
  return { bytes: image.photometricInterpretation === 'RGB' ? bytes : withoutAdobe(bytes), image };
}

/** The codec marks all colours as RGB. */
function withoutAdobe(bytes: Buffer): Buffer {
  if (bytes.readUInt16BE(2) !== 0xffee) return bytes;
  return Buffer.concat([bytes.subarray(0, 2), bytes.subarray(4 + bytes.readUInt16BE(4))]);
}
