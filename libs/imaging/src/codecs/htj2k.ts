import startOpenJph from '@cornerstonejs/codec-openjph/wasmjs';

import { type ImageDescription, type RawFrame } from '../image-description.js';
import { codableSamples } from '../samples/codable-samples.js';
import { type EncodedFrame } from './codec.js';
import { decodeWith, silent } from './decode-with.js';
import { evenly } from './evenly.js';
import { checkedHeader, decodedFrame, decodeJpeg2000 } from './jpeg2000.js';
import { ReloadedModule } from './reloaded-module.js';

const openJph = new ReloadedModule('HTJ2K', () => startOpenJph(silent()));

/** High-Throughput JPEG 2000 (PS3.5 §8.2.14). Colours that were transformed come out as RGB. */
export async function decodeHtj2k(frame: Buffer, image: ImageDescription): Promise<RawFrame> {
  const header = checkedHeader(frame, image);
  // The module mixes up the lines of colours that were not transformed; OpenJPEG, slower, does not.
  if (header.components > 1 && !header.hasColourTransform) return decodeJpeg2000(frame, image);
  return openJph.use(({ HTJ2KDecoder }) => decodeWith(HTJ2KDecoder, frame, ({ bytes }) => decodedFrame(bytes, header, image)));
}

/** Lossless; RGB with the reversible colour transform, YCbCr without one (PS3.5 §8.2.4). */
export async function encodeHtj2k(frame: RawFrame): Promise<EncodedFrame> {
  const { pixels, image, precision } = codableSamples(frame);
  const isRgb = image.photometricInterpretation === 'RGB';
  const bytes = await openJph.use(({ HTJ2KEncoder }) => {
    const encoder = new HTJ2KEncoder();
    try {
      const info = { width: image.columns, height: image.rows, bitsPerSample: precision, componentCount: image.samplesPerPixel, isSigned: image.pixelRepresentation === 1, isUsingColorTransform: isRgb };
      encoder.getDecodedBuffer(info).set(isRgb || image.samplesPerPixel === 1 ? pixels : planeByPlane(pixels, image));
      encoder.setQuality(true, 0);
      encoder.encode();
      return evenly(encoder.getEncodedBuffer());
    } finally {
      encoder.delete();
    }
  });
  return { bytes, image: isRgb ? { ...image, photometricInterpretation: 'YBR_RCT' } : image };
}

/**
 * Without a colour transform OpenJPH wants all lines of a component before those of the next, and the module gives it those of the
 * first row, of the second row, and so on: this puts each line where it is then taken from.
 */
function planeByPlane(pixels: Buffer, { rows, columns, samplesPerPixel, bitsAllocated }: ImageDescription): Buffer {
  const width = bitsAllocated / 8;
  const pixelBytes = samplesPerPixel * width;
  const out = Buffer.allocUnsafe(pixels.length);
  for (let line = 0; line < rows * samplesPerPixel; line++) {
    let from = (line % rows) * columns * pixelBytes + Math.floor(line / rows) * width;
    let to = Math.floor(line / samplesPerPixel) * columns * pixelBytes + (line % samplesPerPixel) * width;
    for (let column = 0; column < columns; column++, from += pixelBytes, to += pixelBytes) {
      for (let byte = 0; byte < width; byte++) out[to + byte] = pixels[from + byte]!;
    }
  }
  return out;
}
