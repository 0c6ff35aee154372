import { swapToLittleEndian } from '@isocenter/dicom';

import { frameBytes, type ImageDescription, isSubsampled, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { type EncodedFrame } from './codec.js';

/** The little endian syntaxes: a frame is its bytes (PS3.5 §A.1, §A.2, §A.5). */
export function decodeLittleEndian(frame: Buffer, image: ImageDescription): RawFrame {
  return { pixels: wholeFrame(frame, image), image };
}

/** PS3.5 §A.3; `frame` keeps its bytes. */
export function decodeBigEndian(frame: Buffer, image: ImageDescription): RawFrame {
  // What pads the last word of a frame of bytes or bits is swapped with it.
  const words = image.bitsAllocated > 8 ? wholeFrame(frame, image) : frame;
  try {
    return { pixels: wholeFrame(swapToLittleEndian(Buffer.from(words), image.bitsAllocated, image.pixelDataVr), image), image };
  } catch (error) {
    throw new ImagingError('malformed', error instanceof Error ? error.message : String(error));
  }
}

export function encodeLittleEndian({ pixels, image }: RawFrame): EncodedFrame {
  return { bytes: pixels, image };
}

/** Without padding. Some writers name YBR_FULL_422 and store three samples a pixel. */
function wholeFrame(frame: Buffer, image: ImageDescription): Buffer {
  const whole = frameBytes(image);
  if (frame.length >= whole) return frame.subarray(0, whole);
  const subsampled = (whole / 3) * 2;
  if (isSubsampled(image) && frame.length >= subsampled) return frame.subarray(0, subsampled);
  throw new ImagingError('malformed', `The frame has ${frame.length} bytes where its description says ${whole}.`);
}
