import { checkEncodable } from './check-encodable.js';
import { type EncodedFrame, type EncodeOptions } from './codecs/codec.js';
import { checkImage, type FrameLimits, type ImageDescription, type RawFrame } from './image-description.js';
import { ImagingError } from './imaging-error.js';
import { type FrameSource } from './pool/job.js';
import { asDescribed } from './samples/as-described.js';
import { transferSyntaxOf } from './transfer-syntaxes.js';

/**
 * One frame as stored to native samples, in this thread; services use `FramePool`.
 *
 * @param frame its fragments joined; of one-bit frames the bytes as `alignBits` gives them
 * @throws ImagingError
 */
export async function decodeFrame(transferSyntaxUid: string, frame: Buffer, image: ImageDescription, limits: FrameLimits): Promise<RawFrame> {
  const syntax = transferSyntaxOf(transferSyntaxUid);
  if (syntax === undefined) throw new ImagingError('unsupported', `Frames of transfer syntax ${transferSyntaxUid.slice(0, 64)} are not decoded.`);
  checkImage(image, frame.length, limits);
  if (frame.length === 0) throw new ImagingError('malformed', 'The frame is empty.');
  return (await syntax.decoder())(frame, image);
}

/**
 * A frame as stored to one of another transfer syntax; to native samples as the data set describes them.
 *
 * @throws ImagingError
 */
export async function transcodeFrame({ transferSyntaxUid, frame, image }: FrameSource, target: string, options: EncodeOptions, limits: FrameLimits): Promise<EncodedFrame> {
  const decoded = await decodeFrame(transferSyntaxUid, frame, image, limits);
  const isDecompressed = transferSyntaxOf(transferSyntaxUid)?.encapsulated === true && transferSyntaxOf(target)?.encapsulated === false;
  return encodeFrame(target, isDecompressed ? asDescribed(decoded, image, transferSyntaxOf(transferSyntaxUid)?.lossy === true) : decoded, options);
}

/** @throws ImagingError `unsupported` for what `checkEncodable` refuses */
export async function encodeFrame(transferSyntaxUid: string, frame: RawFrame, options: EncodeOptions): Promise<EncodedFrame> {
  const syntax = transferSyntaxOf(transferSyntaxUid);
  if (syntax?.encoder === undefined) throw new ImagingError('unsupported', `Frames are not encoded in transfer syntax ${transferSyntaxUid.slice(0, 64)}.`);
  checkEncodable(syntax, frame.image);
  return (await syntax.encoder())(frame, options);
}
