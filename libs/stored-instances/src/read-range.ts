import type { InstanceRow } from '@isocenter/metadata-store';
import { ObjectTruncatedError, type ObjectRange, type ObjectStore } from '@isocenter/object-store';
import { pipeline, type Readable } from 'node:stream';
import { createInflateRaw } from 'node:zlib';
import { type Inflation, Inflations } from './inflations.js';

/** Preamble, prefix and File Meta Information Group Length (PS3.10 §7.1) of a deflated file. */
const GROUP_LENGTH_END = 144;

/** Deflated Explicit VR Little Endian. */
export const DEFLATED = '1.2.840.10008.1.2.1.99';

/** The bytes of an instance from an offset on, which of a deflated one counts as in `inflateRange`. */
export async function inflatedSource(objects: ObjectStore, row: InstanceRow, at: number): Promise<AsyncIterable<Buffer>> {
  if (row.transferSyntax === DEFLATED) return skip(inflateAll(objects, row), at);
  if (at >= row.size) return skip(inflateNothing(), 0);
  return objects.read(row.objectKey, { offset: at, length: row.size - at });
}

async function* inflateNothing(): AsyncGenerator<Buffer, void, void> {}

async function* inflateAll(objects: ObjectStore, row: InstanceRow): AsyncGenerator<Buffer, void, void> {
  const { stream, offset } = await begin(objects, row);
  try {
    yield await objects.readRange(row.objectKey, 0, offset);
    yield* stream as AsyncIterable<Buffer>;
  } finally {
    stream.destroy();
  }
}

async function* skip(chunks: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer, void, void> {
  let left = count;
  for await (const chunk of chunks) {
    const skipped = Math.min(left, chunk.length);
    left -= skipped;
    if (skipped < chunk.length) yield chunk.subarray(skipped);
  }
}

/**
 * A byte range of an instance as its data set has it, as it is inflated: a small file may hold gigabytes. Of a deflated file
 * the offsets count in the inflated data set behind the File Meta Information as it is (PS3.5 §A.5).
 */
export async function* inflateRange(objects: ObjectStore, row: InstanceRow, { offset, length }: ObjectRange): AsyncGenerator<Buffer, void, void> {
  const inflations = Inflations.of(objects);
  const inflation = inflations.take(row.objectKey, offset) ?? (await begin(objects, row));
  let taken = 0;
  try {
    for (;;) {
      const part = inflation.chunk.subarray(Math.max(0, offset + taken - inflation.offset), Math.max(0, offset + length - inflation.offset));
      taken += part.length;
      // An empty part would keep the chunk that it is a view of.
      if (part.length > 0) yield part;
      if (taken === length) break;
      const next = await inflation.chunks.next();
      if (next.done === true) throw new ObjectTruncatedError(row.objectKey, length, taken);
      inflation.offset += inflation.chunk.length;
      inflation.chunk = next.value;
    }
  } finally {
    if (taken === length) inflations.give(row.objectKey, inflation);
    else inflation.stream.destroy();
  }
}

async function begin(objects: ObjectStore, row: InstanceRow): Promise<Inflation> {
  const head = await objects.readRange(row.objectKey, 0, GROUP_LENGTH_END);
  const metaEnd = GROUP_LENGTH_END + head.readUInt32LE(GROUP_LENGTH_END - 4);
  const source = await objects.read(row.objectKey, { offset: metaEnd, length: row.size - metaEnd });
  // The pipeline's failure is the reader's failure.
  const stream = pipeline(source, createInflateRaw(), () => undefined) as unknown as Readable;
  return { stream, chunks: stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined, void>, chunk: Buffer.alloc(0), offset: metaEnd };
}
