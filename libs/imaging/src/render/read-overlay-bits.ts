import { type Metadata, numberOf } from '../describe-image.js';
import { type ImageDescription } from '../image-description.js';

/**
 * Overlays without data of their own, each a bit of the words of Pixel Data that is no stored one (PS3.3 §C.9.2, as it was until 2004).
 *
 * @returns a mask of the words
 */
export function readOverlayBits(metadata: Metadata, { rows, columns, bitsAllocated, bitsStored, highBit }: ImageDescription): number {
  let bits = 0;
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const tag = (element: string): string => `${group.toString(16).toUpperCase()}${element}`;
    const position = numberOf(metadata, tag('0102'));
    const isElsewhere = metadata[tag('3000')] !== undefined || numberOf(metadata, tag('0010')) !== rows || numberOf(metadata, tag('0011')) !== columns;
    if (position === undefined || isElsewhere || !(position >= 0 && position < bitsAllocated) || (position <= highBit && position > highBit - bitsStored)) continue;
    bits |= 1 << position;
  }
  return bits;
}
