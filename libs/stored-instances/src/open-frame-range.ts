import { frameParts, type KnownFrames } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import { takeSlices } from './pass-frame.js';
import type { StoredInstances } from './stored-instances.js';

/** Bytes of a frame with its fragments joined. */
export function frameLength(table: KnownFrames, number: number): number {
  return Math.ceil(frameParts(table, number).bits / 8);
}

/**
 * A part of a fragmented frame, a whole video for one, whose fragments are joined; what lies before the part is not read. Its chunks are lent.
 *
 * @param number from 1
 * @param length above 0
 */
export async function openFrameRange(instances: StoredInstances, row: InstanceRow, table: KnownFrames, number: number, { first, length }: { first: number; length: number }): Promise<AsyncIterable<Buffer>> {
  const { offset, slices } = frameParts(table, number);
  const wanted: { offset: number; length: number }[] = [];
  let at = 0;
  for (const slice of slices) {
    const [from, to] = [Math.max(0, first - at), Math.min(slice.length, first + length - at)];
    if (to > from) wanted.push({ offset: slice.offset + from, length: to - from });
    at += slice.length;
  }
  const [begin, last] = [wanted[0]!, wanted.at(-1)!];
  const chunks = await instances.openRange(row, { offset: offset + begin.offset, length: last.offset + last.length - begin.offset });
  return takeSlices(chunks, wanted.map((slice) => ({ ...slice, offset: slice.offset - begin.offset })));
}
