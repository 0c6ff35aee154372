/** Why a frame could not be decoded, encoded or rendered. */
export type ImagingCode =
  /** The bytes contradict their standard, each other, or the description of the image. */
  | 'malformed'
  /** Well formed perhaps, but of a kind that is not read or written here. */
  | 'unsupported'
  /** The part of the image that is asked for lies outside of it. */
  | 'region'
  /** Above a limit of `FrameLimits`. */
  | 'too-large'
  /** It took longer than a frame of its size may take: it makes the codec hang, or there is too little processor. */
  | 'time-limit'
  /** What works on frames failed, by its memory or a fault of its own; that the frame is to blame is not known. */
  | 'failed'
  /** The place in the queue was given up: the asker went away, or the pool was closed. */
  | 'canceled'
  /** As many frames wait as may; ask again later. Nothing is wrong with the frame. */
  | 'busy';

/** The one error of this library. Its text is a sentence for the answer, and never has a value of the data set but those of the Image Pixel module. */
export class ImagingError extends Error {
  override readonly name = 'ImagingError';
  readonly code: ImagingCode;
  /** True when the same request may succeed later. */
  readonly retriable: boolean;

  constructor(code: ImagingCode, text: string) {
    super(text);
    this.code = code;
    this.retriable = code === 'busy' || code === 'time-limit' || code === 'failed';
  }
}
