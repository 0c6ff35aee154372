import { type KnownFrames } from './frame-table.js';

const ITEM_HEADER = 8;

/** Bytes that are read for the largest frame (see `frameParts`). */
export function largestFrame(table: KnownFrames): number {
  if (table.kind === 'native') return Math.ceil((7 + table.frameBits) / 8);
  const { frames, firstFragments, width, starts } = table;
  let largest = 0;
  for (let frame = 0, start = 0; frame < frames; frame++) {
    const behind = firstFragments ? firstFragments.readUInt32LE(4 * frame + 4) : frame + 1;
    const end = starts.readUIntLE(width * behind, width);
    largest = Math.max(largest, end - start - ITEM_HEADER);
    start = end;
  }
  return largest;
}
