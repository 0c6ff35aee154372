import startCharLs from '@cornerstonejs/codec-charls/wasmjs';

import { checkCodestream } from '../codestream/check-codestream.js';
import { readJpegHeader } from '../codestream/read-jpeg-header.js';
import { type ImageDescription, type RawFrame } from '../image-description.js';
import { unsignedSamples } from '../samples/codable-samples.js';
import { fitSamples } from '../samples/fit-samples.js';
import { byPixel } from '../samples/interleaved.js';
import { type EncodedFrame } from './codec.js';
import { decodeWith, silent } from './decode-with.js';
import { encodeNatively } from './native-codecs.js';
import { ReloadedModule } from './reloaded-module.js';

const charLs = new ReloadedModule('JPEG-LS', () => startCharLs(silent()));

/** JPEG-LS, lossless and near-lossless (PS3.5 §8.2.3). */
export async function decodeJpegLs(frame: Buffer, image: ImageDescription): Promise<RawFrame> {
  const header = readJpegHeader(frame);
  checkCodestream({ ...header, components: header.componentIds.length }, image);
  return charLs.use(({ JpegLSDecoder }) => decodeWith(JpegLSDecoder, frame, ({ bytes, decoder }) => {
    const decoded = fitSamples({ bytes, precision: header.precision, isSigned: false }, image);
    // Streams without interleaving come out plane by plane.
    const pixels = image.samplesPerPixel > 1 && decoder.getInterleaveMode() === 0 ? byPixel(decoded.pixels, image) : decoded.pixels;
    return { pixels, image: { ...decoded.image, planarConfiguration: 0, photometricInterpretation: image.photometricInterpretation.replace('_422', '') } };
  }));
}

/** Lossless; a codestream has no sign. */
export async function encodeJpegLs(frame: RawFrame): Promise<EncodedFrame> {
  const { bytes, image, precision } = unsignedSamples(frame);
  return { bytes: await encodeNatively('encodeJpegLs', bytes, image, precision, { lossy: false }), image };
}
