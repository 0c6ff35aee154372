import type { InstanceRow } from '@isocenter/metadata-store';
import { ObjectTruncatedError, type ObjectRange, type ObjectStore } from '@isocenter/object-store';
import { pipeline, type Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';

/** Preamble, prefix and File Meta Information Group Length (PS3.10 §7.1) of a deflated file. */
const GROUP_LENGTH_END = 144;

/**
 * A byte range of an instance as its data set has it. Of a deflated file the offsets count in the inflated data set behind
 * the File Meta Information as it is (PS3.5 §A.5): it is inflated up to the range's end.
 */
export async function readInflatedRange(objects: ObjectStore, row: InstanceRow, { offset, length }: ObjectRange): Promise<Buffer> {
  const head = await objects.readRange(row.objectKey, 0, GROUP_LENGTH_END);
  const metaEnd = GROUP_LENGTH_END + head.readUInt32LE(GROUP_LENGTH_END - 4);
  const source = await objects.read(row.objectKey, { offset: metaEnd, length: row.size - metaEnd });
  // The pipeline's failure is the reader's failure.
  const inflated = pipeline(source, createInflateRaw(), () => undefined) as unknown as Readable;
  const wanted: Buffer[] = [];
  let at = metaEnd;
  let taken = 0;
  for await (const chunk of inflated as AsyncIterable<Buffer>) {
    const part = chunk.subarray(Math.max(0, offset - at), Math.max(0, offset + length - at));
    wanted.push(part);
    taken += part.length;
    at += chunk.length;
    if (taken === length) break;
  }
  if (taken < length) throw new ObjectTruncatedError(row.objectKey, length, taken);
  return Buffer.concat(wanted);
}
