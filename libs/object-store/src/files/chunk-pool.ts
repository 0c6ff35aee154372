/** Size of a chunk that is read from a file at once. */
export const chunkSize = 1024 * 1024;

/**
 * Less is not worth lending. Twice what `LentChunks` promises: a sender that does not wait for pieces below 32 KiB may be
 * given a chunk without its first bytes, such as a fragment without its header.
 */
const smallest = 64 * 1024;

/** Kept for the next reader: as much as sixteen streams at a time use. */
const mostKept = 32;

/**
 * Memory for reads that is used again. Every new buffer of this size counts with V8 as memory that a collection might
 * free, so that a gigabyte of answers costs dozens of full collections of a heap in which nothing has changed.
 */
export class ChunkPool {
  readonly #free: Buffer[] = [];
  /** What is given back twice, or was never lent, must not be handed out to two. */
  readonly #lent = new WeakMap<Buffer, Buffer>();

  /** For what is too small or too large it is memory like any other. */
  take(length: number): Buffer {
    if (length < smallest || length > chunkSize) return Buffer.allocUnsafe(length);
    const whole = this.#free.pop() ?? Buffer.allocUnsafeSlow(chunkSize);
    const chunk = whole.subarray(0, length);
    this.#lent.set(chunk, whole);
    return chunk;
  }

  /** Once, when nobody looks at it any more. */
  giveBack(chunk: Buffer): void {
    const whole = this.#lent.get(chunk);
    if (!whole) return;
    this.#lent.delete(chunk);
    if (this.#free.length < mostKept) this.#free.push(whole);
  }
}
