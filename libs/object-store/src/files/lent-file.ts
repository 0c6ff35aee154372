import { ObjectTruncatedError } from '../object-store-errors.js';
import type { LentChunks, ObjectRange } from '../object-store.js';
import { chunkSize, type ChunkPool } from './chunk-pool.js';
import { readFully, storeError } from './file-calls.js';
import type { Lease } from './open-files.js';

interface Reading {
  readonly chunk: Buffer;
  readonly read: Promise<number>;
}

const ended = { done: true, value: undefined } as const;

/** A range of an open file in chunks whose memory is used again; while one is out, the next is read. Takes over the lease. */
export class LentFile implements LentChunks {
  readonly #end: number;
  #position: number;
  #reading: Reading | undefined;
  #out: Buffer | undefined;
  #released = false;

  constructor(private readonly lease: Lease, private readonly key: string, private readonly range: ObjectRange, private readonly pool: ChunkPool) {
    this.#position = range.offset;
    this.#end = range.offset + range.length;
    this.#reading = this.#startNext();
  }

  [Symbol.asyncIterator](): LentChunks {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    this.#takeBack();
    const reading = this.#reading;
    if (!reading) return this.return();
    const { chunk } = reading;
    try {
      const count = await reading.read;
      const before = this.#position - chunk.length - this.range.offset;
      if (count < chunk.length) throw new ObjectTruncatedError(this.key, this.range.length, before + count);
    } catch (error) {
      await this.return();
      throw storeError(error, 'reading an object');
    }
    this.#out = chunk;
    this.#reading = this.#startNext();
    return { done: false, value: chunk };
  }

  async return(): Promise<typeof ended> {
    this.#takeBack();
    const reading = this.#reading;
    this.#reading = undefined;
    // A read under way writes into its chunk, through a descriptor that may serve another file as soon as it is closed.
    if (reading) await reading.read.then(() => this.pool.giveBack(reading.chunk), () => undefined);
    if (!this.#released) this.lease.release();
    this.#released = true;
    return ended;
  }

  #startNext(): Reading | undefined {
    const size = Math.min(chunkSize, this.#end - this.#position);
    if (size === 0) return undefined;
    const chunk = this.pool.take(size);
    const read = readFully(this.lease.fd, chunk, this.#position);
    // Looked at when it is its turn; until then its failure is no unhandled one.
    read.catch(() => undefined);
    this.#position += size;
    return { chunk, read };
  }

  #takeBack(): void {
    if (this.#out) this.pool.giveBack(this.#out);
    this.#out = undefined;
  }
}
