import startOpenJph from '@cornerstonejs/codec-openjph/wasmjs';

import { type ImageDescription, type RawFrame } from '../image-description.js';
import { flipSign } from '../codestream/read-j2k-header.js';
import { signedSamples } from '../samples/codable-samples.js';
import { type EncodedFrame } from './codec.js';
import { silent } from './decode-with.js';
import { evenly } from './evenly.js';
import { checkedHeader, decodeCodestream, decodeJpeg2000 } from './jpeg2000.js';
import { ReloadedModule } from './reloaded-module.js';

const openJph = new ReloadedModule('HTJ2K', () => startOpenJph(silent()));

/** High-Throughput JPEG 2000 (PS3.5 §8.2.14). Colours that were transformed come out as RGB. */
export async function decodeHtj2k(frame: Buffer, image: ImageDescription): Promise<RawFrame> {
  const header = checkedHeader(frame, image);
  // The module mixes up the lines of colours that were not transformed; OpenJPEG, slower, does not.
  if (header.components > 1 && !header.hasColourTransform) return decodeJpeg2000(frame, image);
  return openJph.use(({ HTJ2KDecoder }) => decodeCodestream(HTJ2KDecoder, frame, header, image));
}

/** Lossless; RGB with the reversible colour transform, YCbCr without one (PS3.5 §8.2.4). */
export async function encodeHtj2k(frame: RawFrame): Promise<EncodedFrame> {
  const { bytes: samples, image, precision, isSigned } = signedSamples(frame);
  const isRgb = image.photometricInterpretation === 'RGB';
  const bytes = await openJph.use(({ HTJ2KEncoder }) => {
    const encoder = new HTJ2KEncoder();
    try {
      const info = { width: image.columns, height: image.rows, bitsPerSample: precision, componentCount: image.samplesPerPixel, isSigned: false, isUsingColorTransform: isRgb };
      encoder.getDecodedBuffer(info).set(isRgb || image.samplesPerPixel === 1 ? samples : planeByPlane(samples, image));
      encoder.setQuality(true, 0);
      encoder.encode();
      return evenly(encoder.getEncodedBuffer());
    } finally {
      encoder.delete();
    }
  });
  if (isSigned) flipSign(bytes);
  return { bytes, image: isRgb ? { ...image, photometricInterpretation: 'YBR_RCT' } : image };
}

/**
 * Without a colour transform OpenJPH wants all lines of a component before those of the next, and the module gives it those of the
 * first row, of the second row, and so on: this puts each line where it is then taken from.
 */
function planeByPlane(samples: Buffer, { rows, columns, samplesPerPixel }: ImageDescription): Buffer {
  const out = Buffer.allocUnsafe(samples.length);
  for (let line = 0; line < rows * samplesPerPixel; line++) {
    let from = (line % rows) * columns * samplesPerPixel + Math.floor(line / rows);
    let to = Math.floor(line / samplesPerPixel) * columns * samplesPerPixel + (line % samplesPerPixel);
    for (let column = 0; column < columns; column++, from += samplesPerPixel, to += samplesPerPixel) out[to] = samples[from]!;
  }
  return out;
}
