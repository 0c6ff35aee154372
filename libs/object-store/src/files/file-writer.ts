import { closeSync } from 'node:fs';
import type { ObjectWriter } from '../object-store.js';
import { freeGiven } from '@isocenter/memory';
import { storeError, syncData, unlinkFile, writeFully } from './file-calls.js';

/** Gathered before a write: one call for sixteen chunks of a socket. While one such batch is written the next gathers. */
const batchBytes = 1024 * 1024;
const batchChunks = 512;

/**
 * A long upload is synced as it goes: otherwise its last fsync, and with it the journal commit that every other writer
 * waits for, has gigabytes to write.
 */
const bytesBetweenSyncs = 32 * 1024 * 1024;

/** What a writer asks of the store that it writes for. */
export interface Publication {
  /** Whatever can be done while the bytes are being synced. */
  prepare(): Promise<void>;
  /** Gives the file its own name, durably. */
  publish(): Promise<void>;
  /** Once, when the temporary file is gone. */
  ended(): void;
}

/** A file under its temporary name. */
export class FileWriter implements ObjectWriter {
  #state: 'open' | 'committing' | 'ended' = 'open';
  #batch: Buffer[] = [];
  #given: Buffer[] = [];
  #batchSize = 0;
  #written = 0;
  #unsynced = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly fd: number,
    private readonly temporaryPath: string,
    private readonly publication: Publication,
  ) {}

  write(chunk: Buffer, given = false): void | Promise<void> {
    this.#demandOpen('written to');
    if (this.#failure) throw this.#failure.error;
    if (chunk.length === 0) return undefined;
    this.#batch.push(chunk);
    if (given) this.#given.push(chunk);
    this.#batchSize += chunk.length;
    if (this.#batchSize < batchBytes && this.#batch.length < batchChunks) return undefined;
    if (this.#writing) return this.#writing.then(() => this.#throwFailure());
    this.#writing = this.#writeFullBatches();
    return undefined;
  }

  async commit(): Promise<{ readonly size: number }> {
    this.#demandOpen('committed');
    this.#state = 'committing';
    try {
      await this.#writing;
      this.#throwFailure();
      await this.#writeBatch();
      await bothOf(syncData(this.fd), this.publication.prepare());
      this.#close();
      await this.publication.publish();
    } catch (error) {
      await this.#discard();
      throw storeError(error, 'storing an object');
    }
    this.#end();
    return { size: this.#written };
  }

  async abort(): Promise<void> {
    if (this.#state !== 'open') return;
    this.#state = 'committing';
    this.#batch = [];
    this.#given = [];
    this.#batchSize = 0;
    await this.#writing;
    await this.#discard();
  }

  /** Never rejects: a failure is told to the next call. */
  async #writeFullBatches(): Promise<void> {
    try {
      while (this.#batchSize >= batchBytes || this.#batch.length >= batchChunks) {
        await this.#writeBatch();
        if (this.#unsynced >= bytesBetweenSyncs) {
          this.#unsynced = 0;
          await syncData(this.fd);
        }
      }
    } catch (error) {
      this.#failure = { error: storeError(error, 'writing an object') };
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#batch;
    const size = this.#batchSize;
    if (size === 0) return;
    const given = this.#given;
    this.#batch = [];
    this.#batchSize = 0;
    this.#given = [];
    await writeFully(this.fd, batch);
    for (const chunk of given) freeGiven(chunk);
    this.#written += size;
    this.#unsynced += size;
  }

  async #discard(): Promise<void> {
    // What cannot be removed now is swept at the next start; the first error is the one worth telling.
    this.#close();
    await unlinkFile(this.temporaryPath).catch(() => undefined);
    this.#end();
  }

  #closed = false;

  /** Its bytes are synced or given up: closing has nothing left to do, and so nothing to fail. */
  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.fd);
  }

  #end(): void {
    this.#state = 'ended';
    this.publication.ended();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #demandOpen(what: string): void {
    if (this.#state !== 'open') throw new TypeError(`A writer cannot be ${what} after commit or abort.`);
  }
}

/** Unlike `Promise.all`, leaves nothing running behind a failure that closes the file. */
const bothOf = async (first: Promise<void>, second: Promise<void>): Promise<void> => {
  const outcomes = await Promise.allSettled([first, second]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
};
