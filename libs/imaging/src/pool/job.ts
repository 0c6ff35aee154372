import { decodeFrame, transcodeFrame } from '../code-frame.js';
import { type EncodedFrame, type EncodeOptions } from '../codecs/codec.js';
import { type FrameLimits, type ImageDescription } from '../image-description.js';
import { type ImagingCode } from '../imaging-error.js';
import { type Picture, type PictureOptions } from '../render/encode-picture.js';
import { type Presentation, type Window } from '../render/presentation.js';
import { sameRoom } from '../same-room.js';

/** What a thread is asked to do with one frame. */
export type Job = TranscodeJob | RenderJob;

export interface TranscodeJob {
  readonly kind: 'transcode';
  readonly source: FrameSource;
  readonly limits: FrameLimits;
  readonly target: string;
  readonly options: EncodeOptions;
}

export interface RenderJob {
  readonly kind: 'render';
  readonly source: FrameSource;
  readonly limits: FrameLimits;
  readonly presentation: Presentation;
  readonly window: Window | undefined;
  readonly picture: PictureOptions;
}

/** A frame as it is stored. */
export interface FrameSource {
  readonly transferSyntaxUid: string;
  /** Fragments joined; of one-bit frames the bytes as `alignBits` gives them. */
  readonly frame: Buffer;
  readonly image: ImageDescription;
}

/** What each kind of job gives, without its bytes: those travel apart, handed over and not copied. */
export interface JobRest {
  readonly transcode: Omit<EncodedFrame, 'bytes'>;
  readonly render: Omit<Picture, 'bytes'>;
}

export interface JobResult<K extends Job['kind'] = Job['kind']> {
  readonly bytes: Buffer;
  readonly rest: JobRest[K];
}

/** What a thread says first. */
export const STARTED = 'started';

export type ThreadAnswer = ThreadResult & {
  /** Memory of the codecs of the thread. */
  readonly heldBytes: number;
};

export type ThreadResult =
  | { readonly bytes: Uint8Array; readonly rest: JobResult['rest'] }
  | { readonly code: ImagingCode; readonly text: string };

/**
 * The next only when this one is done.
 *
 * @throws ImagingError
 */
export async function runJob(job: Job): Promise<JobResult> {
  const { transferSyntaxUid, frame, image } = job.source;
  if (job.kind === 'transcode') {
    const { bytes, ...rest } = await transcodeFrame(job.source, job.target, job.options, job.limits);
    return { bytes, rest };
  }
  const decoded = await decodeFrame(transferSyntaxUid, frame, image, job.limits);
  const { renderPicture } = await import('../render/render-picture.js');
  const { bytes, ...rest } = await renderPicture(decoded, job.presentation, job.window, job.picture, sameRoom);
  // The memory is the picture library's: it cannot be handed over.
  return { bytes: Buffer.from(new Uint8Array(bytes).buffer), rest };
}
