import { type ImageDescription, type RawFrame } from '../image-description.js';
import { planeByPlane } from './interleaved.js';
import { toRgb } from './to-rgb.js';

/**
 * A decoded frame as the data set describes it, for who takes native samples and has no other description than the metadata: plane after
 * plane where Planar Configuration says so. Lossy YCbCr under another name than YBR_FULL becomes RGB: chroma for each pixel is no
 * YBR_FULL_422, and viewers take frames of three samples a pixel that are named so for RGB.
 *
 * @param isLossy of the stored frame: colours of others are not rounded
 */
export function asDescribed(decoded: RawFrame, { photometricInterpretation, planarConfiguration }: ImageDescription, isLossy: boolean): RawFrame {
  const isNamedOtherwise = decoded.image.photometricInterpretation === 'YBR_FULL' && photometricInterpretation !== 'YBR_FULL' && decoded.image.bitsAllocated === 8;
  const frame = isLossy && isNamedOtherwise ? toRgb(decoded) : decoded;
  if (planarConfiguration === 0 || frame.image.planarConfiguration === 1) return frame;
  return { pixels: planeByPlane(frame.pixels, frame.image), image: { ...frame.image, planarConfiguration: 1 } };
}
