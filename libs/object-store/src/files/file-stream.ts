import { Readable } from 'node:stream';
import { ObjectTruncatedError } from '../object-store-errors.js';
import { chunkSize } from './chunk-pool.js';
import { readFully, storeError } from './file-calls.js';
import type { Lease } from './open-files.js';

/** One range of an open file. Takes over the lease. */
export class FileStream extends Readable {
  #position: number;
  readonly #end: number;
  #reading = false;
  #whenRead: (() => void) | undefined;

  constructor(private readonly lease: Lease, private readonly key: string, offset: number, private readonly length: number) {
    super({ highWaterMark: 2 * chunkSize });
    this.#position = offset;
    this.#end = offset + length;
    // Reading ahead may fail before anybody listens; whoever then iterates or pipes the stream is told.
    this.on('error', () => undefined);
    this.read(0);
  }

  override _read(): void {
    const size = Math.min(chunkSize, this.#end - this.#position);
    if (size === 0) {
      this.push(null);
      return;
    }
    const chunk = Buffer.allocUnsafeSlow(size);
    this.#reading = true;
    readFully(this.lease.fd, chunk, this.#position).then(
      (count) => this.#pass(chunk, count),
      (error: unknown) => this.#stop(storeError(error, 'reading an object')),
    );
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const finish = (): void => {
      this.lease.release();
      callback(error);
    };
    // The descriptor may serve another file as soon as it is closed: a read under way ends first.
    if (this.#reading) this.#whenRead = finish;
    else finish();
  }

  #pass(chunk: Buffer, count: number): void {
    this.#endRead();
    if (this.destroyed) return;
    if (count < chunk.length) {
      const found = this.#position + count - (this.#end - this.length);
      this.destroy(new ObjectTruncatedError(this.key, this.length, found));
      return;
    }
    this.#position += count;
    this.push(chunk);
  }

  #stop(error: unknown): void {
    this.#endRead();
    this.destroy(error as Error);
  }

  #endRead(): void {
    this.#reading = false;
    this.#whenRead?.();
  }
}
