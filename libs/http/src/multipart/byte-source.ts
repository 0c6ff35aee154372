import { Readable } from 'node:stream';
import { BodyTooLarge } from './multipart-errors.js';

const EMPTY = Buffer.alloc(0);

/** The bytes of a request body that are not read yet, with a window on the next of them. */
export class ByteSource {
  /** Bytes received and not consumed. */
  window: Buffer = EMPTY;
  /** Whether nothing comes after the window. */
  ended = false;
  /** Bytes received so far. */
  received = 0;
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>, private readonly maxBytes: number) {
    // The standard iterator destroys a request when its reader stops early, and with it the connection on which the
    // error has to be answered.
    this.chunks = source instanceof Readable ? source.iterator({ destroyOnReturn: false }) : source[Symbol.asyncIterator]();
  }

  /** Adds the next chunk to the window. It is copied only when bytes are left over from the one before. */
  async fill(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done === true) {
      this.ended = true;
      return;
    }
    this.received += next.value.length;
    if (this.received > this.maxBytes) throw new BodyTooLarge(this.maxBytes);
    this.window = this.window.length === 0 ? next.value : Buffer.concat([this.window, next.value]);
  }

  /** Drops the first bytes of the window. Of a chunk that is passed on whole nothing is held: its memory may be gone. */
  consume(bytes: number): void {
    this.window = bytes === this.window.length ? EMPTY : this.window.subarray(bytes);
  }

  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
