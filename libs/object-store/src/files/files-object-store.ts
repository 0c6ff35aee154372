import { constants, existsSync } from 'node:fs';
import { access, mkdir, readdir } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { LentBytes, LentChunks, ListedObject, ObjectInfo, ObjectRange, ObjectStore, ObjectWriter } from '../object-store.js';
import { ObjectExistsError, ObjectNotFoundError, ObjectStoreUnavailableError, ObjectTruncatedError } from '../object-store-errors.js';
import { assertObjectKey } from '../object-key.js';
import { demandRange } from '../object-range.js';
import { ChunkPool } from './chunk-pool.js';
import { DurableDirectories } from './durable-directories.js';
import { codeOf, openFile, readFully, renameFile, statFile, statOpenFile, storeError, tolerating, unlinkFile } from './file-calls.js';
import { FileStream } from './file-stream.js';
import { FileWriter, type Publication } from './file-writer.js';
import { listFiles } from './list-files.js';
import { LentFile } from './lent-file.js';
import { OpenFiles, type Lease } from './open-files.js';
import { removeFiles } from './remove-files.js';

/** No key begins with a full stop, so this name is nobody's. It must be on the file system of the objects. */
const incomingName = '.incoming';
const descriptorsKept = 256;

/**
 * Objects as files below one folder that belongs to one process. A file is written under a temporary name, synced,
 * renamed, and its directory synced, so a name that can be seen stands for all of its bytes.
 */
export class FilesObjectStore implements ObjectStore {
  readonly #directories: DurableDirectories;
  readonly #files = new OpenFiles(descriptorsKept);
  readonly #pool = new ChunkPool();
  /** Keys whose rename is under way: with the look at the disk before it, what makes keys write-once in one process. */
  readonly #publishing = new Set<string>();
  readonly #temporary = new Set<string>();
  readonly #writers = `${Date.now().toString(36)}-${randomUUID().slice(0, 8)}`;
  #opened = 0;

  private constructor(private readonly root: string) {
    this.#directories = new DurableDirectories(root);
  }

  /** Makes the folder if need be. Call `sweepTemporary(0)` before the first writer: a killed process leaves files. */
  static async open(root: string): Promise<FilesObjectStore> {
    const absolute = resolve(root);
    try {
      const first = await mkdir(`${absolute}/${incomingName}`, { recursive: true });
      const store = new FilesObjectStore(absolute);
      if (first !== undefined) await syncFrom(dirname(first), absolute, store.#directories);
      return store;
    } catch (error) {
      throw storeError(error, 'opening the folder of the objects');
    }
  }

  async openWriter(key: string): Promise<ObjectWriter> {
    const path = this.#pathOf(key);
    const temporary = `${this.#writers}-${(this.#opened += 1)}`;
    const temporaryPath = `${this.root}/${incomingName}/${temporary}`;
    this.#temporary.add(temporary);
    try {
      const fd = await openFile(temporaryPath, 'wx');
      return new FileWriter(fd, temporaryPath, this.#publication(key, temporaryPath, path, () => this.#temporary.delete(temporary)));
    } catch (error) {
      this.#temporary.delete(temporary);
      throw storeError(error, 'opening a new object');
    }
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

  read(key: string, range?: ObjectRange): Promise<Readable> {
    return this.#open(key, range, (lease, { offset, length }) => new FileStream(lease, key, offset, length));
  }

  lend(key: string, range?: ObjectRange): Promise<LentChunks> {
    return this.#open(key, range, (lease, known) => new LentFile(lease, key, known, this.#pool));
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
    const path = this.#pathOf(key);
    try {
      const found = await statFile(path);
      if (!found.isFile()) throw new ObjectNotFoundError(key);
      return { size: found.size, modified: found.mtime };
    } catch (error) {
      throw this.#readError(error, 'looking for an object', key);
    }
  }

  async remove(keys: readonly string[]): Promise<void> {
    const paths = keys.map((key) => this.#pathOf(key));
    for (const path of paths) this.#files.drop(path);
    try {
      await removeFiles(this.root, paths, this.#directories);
    } catch (error) {
      throw storeError(error, 'removing objects');
    }
  }

  async *list(prefix: string, after = ''): AsyncGenerator<ListedObject> {
    try {
      yield* listFiles(this.root, { prefix, after });
    } catch (error) {
      throw storeError(error, 'listing objects');
    }
  }

  async sweepTemporary(olderThanMs: number): Promise<number> {
    const incoming = `${this.root}/${incomingName}`;
    const before = Date.now() - olderThanMs;
    let swept = 0;
    try {
      for (const name of await readdir(incoming)) {
        if (this.#temporary.has(name)) continue;
        const path = `${incoming}/${name}`;
        if ((await statFile(path)).mtimeMs > before) continue;
        if (await tolerating(['ENOENT'], unlinkFile(path))) swept += 1;
      }
    } catch (error) {
      throw storeError(error, 'sweeping temporary files');
    }
    return swept;
  }

  async check(): Promise<void> {
    try {
      await access(`${this.root}/${incomingName}`, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch (error) {
      throw storeError(error, 'looking at the folder of the objects');
    }
  }

  close(): Promise<void> {
    this.#files.dropAll();
    return Promise.resolve();
  }

  async #open<T>(key: string, range: ObjectRange | undefined, use: (lease: Lease, range: ObjectRange) => T): Promise<T> {
    if (range) demandRange(range.offset, range.length);
    const path = this.#pathOf(key);
    try {
      const lease = await this.#files.lease(path);
      try {
        return use(lease, range ?? (await wholeFile(lease.fd, key)));
      } catch (error) {
        lease.release();
        throw error;
      }
    } catch (error) {
      throw this.#readError(error, 'opening an object', key);
    }
  }

  async #fill(bytes: Buffer, key: string, offset: number): Promise<void> {
    const path = this.#pathOf(key);
    try {
      const lease = await this.#files.lease(path);
      try {
        const count = await readFully(lease.fd, bytes, offset);
        if (count < bytes.length) throw new ObjectTruncatedError(key, bytes.length, count);
      } finally {
        lease.release();
      }
    } catch (error) {
      throw this.#readError(error, 'reading an object', key);
    }
  }

  #publication(key: string, temporaryPath: string, path: string, whenEnded: () => void): Publication {
    const directory = dirname(path);
    let reserved = false;
    return {
      prepare: async () => {
        if (this.#publishing.has(key)) throw new ObjectExistsError(key);
        this.#publishing.add(key);
        this.#directories.hold(directory);
        reserved = true;
        // Not by a thread: a look at names in memory costs less than the round trip.
        if (existsSync(path)) throw new ObjectExistsError(key);
        await this.#directories.ensure(directory);
      },
      publish: async () => {
        await this.#rename(temporaryPath, path);
        await this.#syncEntry(path);
      },
      ended: () => {
        if (reserved) {
          this.#publishing.delete(key);
          this.#directories.letGo(directory);
        }
        whenEnded();
      },
    };
  }

  async #rename(temporaryPath: string, path: string): Promise<void> {
    try {
      await renameFile(temporaryPath, path);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // Somebody else took the directory away; our own removals leave it while it is held.
      this.#directories.forget(dirname(path));
      await this.#directories.ensure(dirname(path));
      await renameFile(temporaryPath, path);
    }
  }

  async #syncEntry(path: string): Promise<void> {
    try {
      await this.#directories.sync(dirname(path));
    } catch (error) {
      await unlinkFile(path).catch(() => undefined);
      throw error;
    }
  }

  /** While the whole folder is away, its disk not mounted say, an object that is not found is not therefore gone. */
  #readError(error: unknown, doing: string, key: string): unknown {
    const known = storeError(error, doing, key);
    if (known instanceof ObjectNotFoundError && !existsSync(`${this.root}/${incomingName}`)) return new ObjectStoreUnavailableError(doing, 'no folder of objects', key, { cause: error });
    return known;
  }

  #pathOf(key: string): string {
    assertObjectKey(key);
    return `${this.root}/${key}`;
  }
}

const wholeFile = async (fd: number, key: string): Promise<ObjectRange> => {
  const found = await statOpenFile(fd);
  if (!found.isFile()) throw new ObjectNotFoundError(key);
  return { offset: 0, length: found.size };
};

/** Each directory from `top` down to `bottom` has an entry that is new. */
const syncFrom = async (top: string, bottom: string, directories: DurableDirectories): Promise<void> => {
  for (let path = bottom; path.length >= top.length; path = dirname(path)) {
    await directories.sync(path);
    if (path === dirname(path)) return;
  }
};
