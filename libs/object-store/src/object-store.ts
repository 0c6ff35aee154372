import type { Readable } from 'node:stream';

export interface ObjectInfo {
  /** Bytes. */
  readonly size: number;
  readonly modified: Date;
}

export interface ListedObject extends ObjectInfo {
  readonly key: string;
}

/** Bytes `offset` to `offset + length`, exclusive. */
export interface ObjectRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * One object on its way in. Call `write` in order, then either `commit` or `abort`, once.
 * The length need not be known; what is held in memory does not depend on it.
 */
export interface ObjectWriter {
  /**
   * Takes a chunk without copying it: it must not change until `commit` or `abort` has settled.
   * When a promise is returned it must be awaited before the next chunk: that is the back-pressure.
   * `given`: nobody looks at the chunk again, so its memory may be freed as soon as it is written (see `freeGiven`).
   */
  write(chunk: Buffer, given?: boolean): void | Promise<void>;

  /**
   * Durable when it resolves: the object is there after a crash or power loss. Until then no read finds it.
   * Rejects with `ObjectExistsError` when the key is taken; on any rejection nothing is left behind.
   */
  commit(): Promise<{ readonly size: number }>;

  /** Leaves nothing behind. Never rejects; does nothing after `commit` or a second time. */
  abort(): Promise<void>;
}

/**
 * Chunks of up to 1 MiB that are lent: each is valid until the next one is asked for, then its memory is used again,
 * unless it is shorter than 32 KiB. So a chunk must have been written out before `next` is called. `return`, which a
 * `for await` calls, ends early; it has to be called also when nothing was read.
 */
export interface LentChunks extends AsyncIterableIterator<Buffer, undefined> {
  return(): Promise<IteratorReturnResult<undefined>>;
}

export interface LentBytes {
  readonly bytes: Buffer;
  /** Once, when nobody looks at the bytes any more; whoever never calls it loses nothing but the reuse. */
  release(): void;
}

/**
 * Immutable objects under keys (DESIGN §7). A key is made by `instanceKey` or from `encodeSegment`; any other text is
 * refused with a TypeError. Every method rejects with an `ObjectStoreError`; the retriable one is
 * `ObjectStoreUnavailableError`.
 */
export interface ObjectStore {
  openWriter(key: string): Promise<ObjectWriter>;

  /** `openWriter`, `write`, `commit` in one call, for what is in memory anyway. */
  put(key: string, bytes: Buffer): Promise<{ readonly size: number }>;

  /**
   * Opens an object, or a range of it, as a stream of chunks of up to 1 MiB. Rejects with `ObjectNotFoundError` before
   * there is a stream, so that a caller can still answer 404; the stream ends in an error, never short, when bytes are
   * missing. Reading ahead begins at once (up to 2 MiB), so the next object can be opened while one is being sent; a
   * stream that is not read to its end must be destroyed.
   * A range that is known spares the store from asking for the size.
   */
  read(key: string, range?: ObjectRange): Promise<Readable>;

  /** As `read`, for who sends the bytes on: see `LentChunks`. */
  lend(key: string, range?: ObjectRange): Promise<LentChunks>;

  /** Exactly `length` bytes in one Buffer; `ObjectTruncatedError` when the object ends before. For frames and headers. */
  readRange(key: string, offset: number, length: number): Promise<Buffer>;

  /** As `readRange`, for who sends the bytes on and then calls `release`: their memory is used again. */
  lendRange(key: string, offset: number, length: number): Promise<LentBytes>;

  stat(key: string): Promise<ObjectInfo>;

  /** Removes durably. A key without an object is not an error. Reads that are under way may still end well. */
  remove(keys: readonly string[]): Promise<void>;

  /** Every object whose key begins with `prefix` (any text, '' for all), in the order of the keys' code units; with `after` those behind that text only. */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>;

  /** Removes what writers of dead processes left behind; writers of this process are safe. Returns how many. */
  sweepTemporary(olderThanMs: number): Promise<number>;

  /** Resolves when the store can be read and written now; for health checks. */
  check(): Promise<void>;

  /** Releases descriptors and sockets. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** Injection token of the port. */
export const OBJECT_STORE = Symbol('ObjectStore');
