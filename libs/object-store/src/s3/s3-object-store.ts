import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { ByteBudget } from '../byte-budget.js';
import { ChunkPool } from '../files/chunk-pool.js';
import { assertObjectKey } from '../object-key.js';
import { demandRange } from '../object-range.js';
import type { LentBytes, LentChunks, ListedObject, ObjectInfo, ObjectRange, ObjectStore, ObjectWriter } from '../object-store.js';
import { ObjectNotFoundError } from '../object-store-errors.js';
import { AnswerChunks } from './answer-chunks.js';
import { getInto, getObject } from './get-object.js';
import { listObjects } from './list-objects.js';
import { openBucket } from './open-bucket.js';
import { removeObjects } from './remove-objects.js';
import { S3Connection } from './s3-connection.js';
import { isGone, storeError, tasks } from './s3-errors.js';
import type { S3Options } from './s3-options.js';
import { S3Writer } from './s3-writer.js';
import { sweepUploads } from './sweep-uploads.js';

const MiB = 1024 * 1024;
/** S3 takes no smaller parts, but for the last. */
const smallestPart = 5 * MiB;

/** Objects in one bucket of MinIO or any other S3. Many processes may use it at a time. */
export class S3ObjectStore implements ObjectStore {
  readonly #pool = new ChunkPool();
  readonly #partBytes: number;
  readonly #budget: ByteBudget;
  readonly #encryption: Readonly<Record<string, string>>;
  /** Keys that writers of this process have open; two writers may have the same. */
  readonly #writing = new Set<{ readonly key: string }>();

  private constructor(private readonly connection: S3Connection, options: S3Options) {
    this.#partBytes = options.partBytes ?? 8 * MiB;
    if (this.#partBytes < smallestPart) throw new TypeError(`Parts have at least ${smallestPart} bytes; these would have ${this.#partBytes}.`);
    this.#budget = options.budget ?? new ByteBudget(128 * MiB);
    if (this.#budget.limit < this.#partBytes) throw new TypeError(`Parts of ${this.#partBytes} bytes need a budget of as many at least; this one has ${this.#budget.limit}.`);
    this.#encryption = encryptionHeaders(options);
  }

  /**
   * Creates the bucket if need be. Rejects with ObjectStoreUnavailableError (retriable) while the server is away, and with
   * ObjectStoreSettingsError when the settings are wrong.
   */
  static async open(options: S3Options): Promise<S3ObjectStore> {
    const connection = new S3Connection(options);
    try {
      const store = new S3ObjectStore(connection, options);
      await openBucket(connection, options);
      return store;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async openWriter(key: string): Promise<ObjectWriter> {
    assertObjectKey(key);
    const object = { key, writer: randomUUID(), headers: this.#encryption };
    this.#writing.add(object);
    return new S3Writer(this.connection, object, this.#budget.claim(this.#partBytes), this.#partBytes, () => this.#writing.delete(object));
  }

  async put(key: string, bytes: Buffer): Promise<{ readonly size: number }> {
    const writer = await this.openWriter(key);
    try {
      await writer.write(bytes);
    } catch (error) {
      await writer.abort();
      throw error;
    }
    return writer.commit();
  }

  async read(key: string, range?: ObjectRange): Promise<Readable> {
    return Readable.from(await this.lend(key, range), { objectMode: false, highWaterMark: 1 });
  }

  async lend(key: string, range?: ObjectRange): Promise<LentChunks> {
    assertObjectKey(key);
    if (range) demandRange(range.offset, range.length);
    if (range?.length === 0) return this.#nothingOf(key);
    const { answer, length } = await getObject(this.connection, key, range);
    return new AnswerChunks(answer, key, length, this.connection.idleTimeoutMs);
  }

  async readRange(key: string, offset: number, length: number): Promise<Buffer> {
    demandRange(offset, length);
    const bytes = Buffer.allocUnsafe(length);
    await this.#fill(bytes, key, offset);
    return bytes;
  }

  async lendRange(key: string, offset: number, length: number): Promise<LentBytes> {
    demandRange(offset, length);
    const bytes = this.#pool.take(length);
    try {
      await this.#fill(bytes, key, offset);
    } catch (error) {
      this.#pool.giveBack(bytes);
      throw error;
    }
    return { bytes, release: () => this.#pool.giveBack(bytes) };
  }

  async stat(key: string): Promise<ObjectInfo> {
    assertObjectKey(key);
    try {
      const headers = await this.connection.tell({ method: 'HEAD', key, repeatable: true });
      return { size: Number(headers['content-length']), modified: new Date(headers['last-modified']!) };
    } catch (error) {
      // An answer to HEAD does not say what it is that is missing; while the bucket is, the object is not therefore gone.
      if (!isGone(error)) throw storeError(error, tasks.read, key);
      await this.check();
      throw new ObjectNotFoundError(key, { cause: error });
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    for (const key of keys) assertObjectKey(key);
    try {
      await removeObjects(this.connection, keys);
    } catch (error) {
      throw storeError(error, tasks.remove);
    }
  }

  async *list(prefix: string, after?: string): AsyncGenerator<ListedObject> {
    try {
      yield* listObjects(this.connection, prefix, after);
    } catch (error) {
      throw storeError(error, tasks.list);
    }
  }

  /** Also of writers of other processes that are alive: below a day, only where no other process stores. */
  async sweepTemporary(olderThanMs: number): Promise<number> {
    const isOurs = (key: string): boolean => [...this.#writing].some((writing) => writing.key === key);
    try {
      return await sweepUploads(this.connection, Date.now() - olderThanMs, isOurs);
    } catch (error) {
      throw storeError(error, tasks.sweep);
    }
  }

  async check(): Promise<void> {
    try {
      await this.connection.tell({ method: 'HEAD', repeatable: true });
    } catch (error) {
      throw storeError(error, tasks.open);
    }
  }

  close(): Promise<void> {
    this.connection.close();
    return Promise.resolve();
  }

  async #fill(bytes: Buffer, key: string, offset: number): Promise<void> {
    assertObjectKey(key);
    if (bytes.length > 0) await getInto(this.connection, key, bytes, offset);
    else await this.stat(key);
  }

  /** An empty range is had of an object that is there. */
  async #nothingOf(key: string): Promise<LentChunks> {
    await this.stat(key);
    return nothing;
  }
}

const ended = { done: true, value: undefined } as const;

const nothing: LentChunks = {
  next: () => Promise.resolve(ended),
  return: () => Promise.resolve(ended),
  [Symbol.asyncIterator]: () => nothing,
};

const encryptionHeaders = ({ serverSideEncryption = 'off', kmsKey }: S3Options): Record<string, string> => {
  if (serverSideEncryption === 'off') return {};
  if (serverSideEncryption === 'aes256') return { 'x-amz-server-side-encryption': 'AES256' };
  return { 'x-amz-server-side-encryption': 'aws:kms', ...(kmsKey !== undefined && { 'x-amz-server-side-encryption-aws-kms-key-id': kmsKey }) };
};
