import { decodeFrame, encodeFrame } from '../code-frame.js';
import { type EncodedFrame, type EncodeOptions } from '../codecs/codec.js';
import { type FrameLimits, type ImageDescription, type RawFrame } from '../image-description.js';
import { type ImagingCode } from '../imaging-error.js';

/** What a thread is asked to do with one frame. */
export type Job = DecodeJob | TranscodeJob;

export interface DecodeJob {
  readonly kind: 'decode';
  readonly source: FrameSource;
  readonly limits: FrameLimits;
}

export interface TranscodeJob {
  readonly kind: 'transcode';
  readonly source: FrameSource;
  readonly limits: FrameLimits;
  readonly target: string;
  readonly options: EncodeOptions;
}

/** A frame as it is stored. */
export interface FrameSource {
  readonly transferSyntaxUid: string;
  /** Fragments joined; of one-bit frames the bytes as `alignBits` gives them. */
  readonly frame: Buffer;
  readonly image: ImageDescription;
}

/** The bytes of a result travel apart from the rest of it, handed over and not copied. */
export interface JobResult {
  readonly bytes: Buffer;
  readonly rest: Omit<RawFrame, 'pixels'> | Omit<EncodedFrame, 'bytes'>;
}

export type ThreadAnswer =
  | { readonly bytes: Uint8Array; readonly rest: JobResult['rest'] }
  | { readonly code: ImagingCode; readonly text: string };

/** @throws ImagingError */
export async function runJob(job: Job): Promise<JobResult> {
  const { transferSyntaxUid, frame, image } = job.source;
  const decoded = await decodeFrame(transferSyntaxUid, frame, image, job.limits);
  if (job.kind === 'decode') return { bytes: decoded.pixels, rest: { image: decoded.image } };
  const { bytes, ...rest } = await encodeFrame(job.target, decoded, job.options);
  return { bytes, rest };
}
