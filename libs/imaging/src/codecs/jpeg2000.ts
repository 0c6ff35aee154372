import startOpenJpeg, { type CodestreamDecoder } from '@cornerstonejs/codec-openjpeg/wasmjs';

import { checkCodestream } from '../codestream/check-codestream.js';
import { checkParts } from '../codestream/check-parts.js';
import { readJ2kHeader, type J2kHeader, flipSign } from '../codestream/read-j2k-header.js';
import { type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { signedSamples } from '../samples/codable-samples.js';
import { fitSamples } from '../samples/fit-samples.js';
import { type EncodedFrame } from './codec.js';
import { decodeWith, silent } from './decode-with.js';
import { encodeNatively } from './native-codecs.js';
import { ReloadedModule } from './reloaded-module.js';

const openJpeg = new ReloadedModule('JPEG 2000', () => startOpenJpeg(silent()));

/** JPEG 2000 (PS3.5 §A.4.4). Colours that were transformed come out as RGB. */
export async function decodeJpeg2000(frame: Buffer, image: ImageDescription): Promise<RawFrame> {
  const header = checkedHeader(frame, image);
  return openJpeg.use(({ J2KDecoder }) => decodeCodestream(J2KDecoder, frame, header, image));
}

/** Shared with HTJ2K, whose main header is the same. */
export function checkedHeader(frame: Buffer, image: ImageDescription): J2kHeader {
  const header = readJ2kHeader(frame);
  checkCodestream(header, image);
  if (header.precision > 16) throw new ImagingError('unsupported', `The codestream has samples of ${header.precision} bits; up to 16 are decoded.`);
  checkParts(header);
  return header;
}

/** Shared with HTJ2K. Both modules cut off what is below zero where samples are bytes: such frames are decoded as numbers from zero. */
export function decodeCodestream<D extends CodestreamDecoder>(Decoder: new () => D, frame: Buffer, header: J2kHeader, image: ImageDescription): RawFrame {
  const isSignedBytes = header.isSigned && header.precision <= 8;
  // Of a JP2 file nothing else: its palette would make many components of one.
  const bare = frame.subarray(header.start);
  const stream = isSignedBytes ? Buffer.from(bare) : bare;
  if (isSignedBytes) flipSign(stream);
  return decodeWith(Decoder, stream, ({ bytes }) => {
    if (isSignedBytes) for (let at = 0; at < bytes.length; at++) bytes[at]! -= 2 ** (header.precision - 1);
    return decodedFrame(bytes, header, image);
  });
}

function decodedFrame(bytes: Buffer, header: J2kHeader, image: ImageDescription): RawFrame {
  const named = image.photometricInterpretation;
  const photometricInterpretation = image.samplesPerPixel === 3 && (header.hasColourTransform || /^YBR_(RCT|ICT)$/.test(named)) ? 'RGB' : named.replace('_422', '');
  const fitted = fitSamples({ ...header, bytes }, image);
  return { pixels: fitted.pixels, image: { ...fitted.image, planarConfiguration: 0, photometricInterpretation } };
}

/** Lossless; RGB with the reversible colour transform, YCbCr without one (PS3.5 §8.2.4). */
export async function encodeJpeg2000(frame: RawFrame): Promise<EncodedFrame> {
  const { bytes: samples, image, precision, isSigned } = signedSamples(frame);
  const bytes = await encodeNatively('encodeJpeg2000', samples, image, precision, { lossy: false });
  if (isSigned) flipSign(bytes);
  return { bytes, image: image.photometricInterpretation === 'RGB' ? { ...image, photometricInterpretation: 'YBR_RCT' } : image };
}
