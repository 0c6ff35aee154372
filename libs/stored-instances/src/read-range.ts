import type { InstanceRow } from '@isocenter/metadata-store';
import { ObjectTruncatedError, type ObjectRange, type ObjectStore } from '@isocenter/object-store';
import { pipeline, type Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** Preamble, prefix and File Meta Information Group Length (PS3.10 §7.1) of a deflated file. */
const GROUP_LENGTH_END = 144;

/**
 * A byte range of an instance as its data set has it, as it is inflated: a small file may hold gigabytes. Of a deflated file
 * the offsets count in the inflated data set behind the File Meta Information as it is (PS3.5 §A.5).
 */
export async function* inflateRange(objects: ObjectStore, row: InstanceRow, { offset, length }: ObjectRange): AsyncGenerator<Buffer, void, void> {
  const head = await objects.readRange(row.objectKey, 0, GROUP_LENGTH_END);
  const metaEnd = GROUP_LENGTH_END + head.readUInt32LE(GROUP_LENGTH_END - 4);
  const source = await objects.read(row.objectKey, { offset: metaEnd, length: row.size - metaEnd });
  // The pipeline's failure is the reader's failure.
  const inflated = pipeline(source, createInflateRaw(), () => undefined) as unknown as Readable;
  let at = metaEnd;
  let taken = 0;
  for await (const chunk of inflated as AsyncIterable<Buffer>) {
    const part = chunk.subarray(Math.max(0, offset - at), Math.max(0, offset + length - at));
    at += chunk.length;
    taken += part.length;
    // An empty part would keep the chunk that it is a view of.
    if (part.length > 0) yield part;
    if (taken === length) break;
  }
  if (taken < length) throw new ObjectTruncatedError(row.objectKey, length, taken);
}
