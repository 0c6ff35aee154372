import { alignBits, frameParts, type KnownFrames } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { buffer } from 'node:stream/consumers';
import { inflateRange } from './read-range.js';
import { alignChunks, takeSlices } from './pass-frame.js';

/** A frame above this is passed on as it is read: what is held must not grow with it (I6). */
const WHOLE_BYTES = 1024 * 1024;

/** The bytes of a frame as the transfer syntax has them: fragments joined, a one-bit frame moved to a byte's beginning. */
export interface Frame {
  readonly length: number;
  /** Nothing is open until the first chunk is asked for. */
  readonly bytes: Buffer | AsyncGenerator<Buffer, void, void>;
  /** To be called when the bytes are sent: their memory is used again. */
  readonly release: () => void;
}

const nothingToRelease = (): void => undefined;

export async function readFrame(objects: ObjectStore, row: InstanceRow, table: KnownFrames, number: number): Promise<Frame> {
  const { offset, length, slices, firstBit, bits } = frameParts(table, number);
  if (length === 0) return { length: 0, bytes: Buffer.alloc(0), release: nothingToRelease };
  const chunks = (): AsyncIterable<Buffer> => readRange(objects, row, table, offset, length);
  if (length > WHOLE_BYTES) {
    // Whether the object is there has to be known before the status is sent.
    await objects.stat(row.objectKey);
    return { length: Math.ceil(bits / 8), bytes: alignChunks(takeSlices(chunks(), slices), firstBit, bits), release: nothingToRelease };
  }
  const { bytes, release } = table.inflated ? { bytes: await buffer(chunks()), release: nothingToRelease } : await objects.lendRange(row.objectKey, offset, length);
  const only = slices.length === 1 ? slices[0]! : undefined;
  const joined = only ? bytes.subarray(only.offset, only.offset + only.length) : Buffer.concat(slices.map((slice) => bytes.subarray(slice.offset, slice.offset + slice.length)));
  const frame = table.kind === 'native' ? alignBits(joined, firstBit, bits) : joined;
  return { length: frame.length, bytes: frame, release: () => release() };
}

async function* readRange(objects: ObjectStore, row: InstanceRow, table: KnownFrames, offset: number, length: number): AsyncGenerator<Buffer, void, void> {
  if (table.inflated) yield* inflateRange(objects, row, { offset, length });
  else yield* await objects.lend(row.objectKey, { offset, length });
}
