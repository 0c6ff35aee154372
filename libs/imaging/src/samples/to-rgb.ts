import { type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { interleaved } from './interleaved.js';

/** RGB in JPEG 2000 codestreams only: native samples of that name are what a decoder left, who did not change the name (PS3.5 §8.2.4). */
const RGB_OF_CODESTREAMS: ReadonlySet<string> = new Set(['YBR_RCT', 'YBR_ICT']);

/** The frame interleaved, and YCbCr turned into RGB (PS3.3 §C.7.6.3.1.2); grey and palette frames as they are. */
export function toRgb(frame: RawFrame): RawFrame {
  const { pixels, image } = interleaved(frame);
  const { photometricInterpretation: colours, samplesPerPixel } = image;
  if (samplesPerPixel !== 3 || colours === 'RGB') return { pixels, image };
  if (RGB_OF_CODESTREAMS.has(colours)) return { pixels, image: { ...image, photometricInterpretation: 'RGB' } };
  if (colours !== 'YBR_FULL' && colours !== 'YBR_PARTIAL') throw new ImagingError('unsupported', `Colours of Photometric Interpretation ${colours.slice(0, 16)} are not turned into RGB.`);
  if (image.bitsAllocated !== 8 && (image.bitsAllocated !== 16 || colours === 'YBR_PARTIAL')) throw new ImagingError('unsupported', `${colours} of ${image.bitsAllocated} bits a sample is not turned into RGB.`);
  const rgb = image.bitsAllocated === 8 ? converted(pixels, colours === 'YBR_PARTIAL') : convertedWords(pixels, 2 ** image.bitsStored);
  return { pixels: rgb, image: { ...image, photometricInterpretation: 'RGB' } };
}

/** Full range, 16 bits allocated; `range`: of the stored bits. */
function convertedWords(ybr: Buffer, range: number): Buffer {
  const rgb = Buffer.allocUnsafe(ybr.length);
  const half = range / 2;
  const put = (value: number, at: number): unknown => rgb.writeUInt16LE(Math.min(range - 1, Math.max(0, Math.round(value))), at);
  for (let at = 0; at + 6 <= ybr.length; at += 6) {
    const [y, cb, cr] = [ybr.readUInt16LE(at), ybr.readUInt16LE(at + 2) - half, ybr.readUInt16LE(at + 4) - half];
    put(y + 1.402 * cr, at);
    put(y - 0.344136 * cb - 0.714136 * cr, at + 2);
    put(y + 1.772 * cb, at + 4);
  }
  return rgb;
}

/** ITU-R BT.601; partial: luma from 16 to 235, chroma from 16 to 240. */
function converted(ybr: Buffer, partial: boolean): Buffer {
  const rgb = new Uint8ClampedArray(ybr.length);
  const [black, luma, chroma] = partial ? [16, 255 / 219, 255 / 224] : [0, 1, 1];
  for (let at = 0; at < ybr.length; at += 3) {
    const y = (ybr[at]! - black) * luma;
    const cb = (ybr[at + 1]! - 128) * chroma;
    const cr = (ybr[at + 2]! - 128) * chroma;
    rgb[at] = y + 1.402 * cr;
    rgb[at + 1] = y - 0.344136 * cb - 0.714136 * cr;
    rgb[at + 2] = y + 1.772 * cb;
  }
  return Buffer.from(rgb.buffer);
}
