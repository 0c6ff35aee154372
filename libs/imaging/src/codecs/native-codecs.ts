import dcmjsCodecs from 'dcmjs-codecs';

import { type ImageDescription } from '../image-description.js';
import { evenly } from './evenly.js';
import { ReloadedModule } from './reloaded-module.js';

const { Context, log, NativeCodecs } = dcmjsCodecs;

/** One WASM module with several codecs. It is static: whoever starts it anew throws away what was before. */
const native = new ReloadedModule('native', async () => {
  NativeCodecs.release();
  log.setLevel('silent');
  await NativeCodecs.initializeAsync();
  return NativeCodecs;
});

/** A frame's JPEG stream to its components, colours as they are coded: one byte a sample up to 8 bits, else two. */
export function decodeJpegNatively(frame: Buffer, image: ImageDescription): Promise<Buffer> {
  return native.use((codecs) => {
    const context = new Context({ ...attributesOf(image), encodedBuffer: frame });
    // A copy of the module's memory already.
    const bytes = codecs.decodeJpeg(context, { convertColorspaceToRgb: false }).getDecodedBuffer() ?? new Uint8Array();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  });
}

type Encoding = { lossy: boolean; quality?: number; sampleFactor?: number; predictor?: number };

/** Samples pixel by pixel, without a sign, to a codestream: one byte each up to 8 bits of precision, else two. */
export function encodeNatively(encoder: 'encodeJpeg' | 'encodeJpegLs' | 'encodeJpeg2000', samples: Buffer, image: ImageDescription, precision: number, encoding: Encoding): Promise<Buffer> {
  return native.use((codecs) => {
    const context = new Context({ ...attributesOf({ ...image, bitsAllocated: precision > 8 ? 16 : 8, bitsStored: precision, pixelRepresentation: 0 }), decodedBuffer: samples });
    return evenly(codecs[encoder](context, encoding).getEncodedBuffer() ?? new Uint8Array());
  });
}

function attributesOf({ rows, columns, bitsAllocated, bitsStored, samplesPerPixel, pixelRepresentation, photometricInterpretation }: ImageDescription): object {
  return { width: columns, height: rows, bitsAllocated, bitsStored, samplesPerPixel, pixelRepresentation, planarConfiguration: 0, photometricInterpretation };
}
