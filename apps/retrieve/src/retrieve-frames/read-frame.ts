import { alignBits, frameParts, type KnownFrames } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { readInflatedRange } from '../read-range.js';

/** The bytes of a frame as the transfer syntax has them: fragments joined, a one-bit frame moved to a byte's beginning. */
export async function readFrame(objects: ObjectStore, row: InstanceRow, table: KnownFrames, number: number): Promise<Buffer> {
  const { offset, length, slices, firstBit, bits } = frameParts(table, number);
  if (length === 0) return Buffer.alloc(0);
  const bytes = table.inflated ? await readInflatedRange(objects, row, { offset, length }) : await objects.readRange(row.objectKey, offset, length);
  const only = slices.length === 1 ? slices[0]! : undefined;
  const frame = only ? bytes.subarray(only.offset, only.offset + only.length) : Buffer.concat(slices.map((slice) => bytes.subarray(slice.offset, slice.offset + slice.length)));
  return table.kind === 'native' ? alignBits(frame, firstBit, bits) : frame;
}
