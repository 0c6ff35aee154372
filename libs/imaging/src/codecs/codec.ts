import { type ImageDescription, type RawFrame } from '../image-description.js';

/**
 * Decodes one frame, whose description was checked.
 *
 * @param frame its fragments joined, with or without a pad byte
 * @throws ImagingError
 */
export type Decoder = (frame: Buffer, image: ImageDescription) => RawFrame | Promise<RawFrame>;

/**
 * Encodes one frame.
 *
 * @throws ImagingError `unsupported` when the syntax cannot hold such samples
 */
export type Encoder = (frame: RawFrame, options: EncodeOptions) => EncodedFrame | Promise<EncodedFrame>;

export interface EncodeOptions {
  /** 1 to 100, of lossy encoders. */
  readonly quality: number;
}

export interface EncodedFrame {
  /** Of even length. */
  readonly bytes: Buffer;
  /** As the data set has to say it. */
  readonly image: ImageDescription;
  /** Set when the image lost something: for Lossy Image Compression (0028,2110), Ratio (0028,2112) and Method (0028,2114). */
  readonly lossy?: { readonly method: string; readonly ratio: number } | undefined;
}
