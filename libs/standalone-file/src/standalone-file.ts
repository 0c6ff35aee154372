import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { lockDataFolder } from './lock-data-folder.js';
import { migrate, type SchemaComponent } from './migrate.js';
import type { ReaderAnswer } from './reader.worker.js';
import type { SqlRow, SqlValue, WriteResult, WriteValue } from './statement.js';
import { WorkerChannel } from './worker-channel.js';
import type { WriterAnswer } from './writer.worker.js';

export const STANDALONE_FILE_NAME = 'isocenter.db';

/**
 * The one SQLite file of the standalone profile. Log and metadata share it, so that one write-ahead log orders both: the
 * fsync of a later value makes every earlier one durable too. All writes pass one thread with group commit; point reads
 * are made here at once; queries that may take long go to reader threads.
 */
export class StandaloneFile {
  private readonly prepared = new Map<string, StatementSync>();
  private nextReader = 0;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly unlock: () => void,
    private readonly here: DatabaseSync,
    private readonly writer: WorkerChannel<WriterAnswer>,
    private readonly readers: readonly WorkerChannel<ReaderAnswer>[],
  ) {}

  /** Locks the folder, migrates the file, starts the threads. Throws DataFolderInUseError or SchemaTooNewError. */
  static open(folder: string, components: readonly SchemaComponent[], readerThreads = 2): StandaloneFile {
    const unlock = lockDataFolder(folder);
    const path = join(folder, STANDALONE_FILE_NAME);
    try {
      migrate(path, components);
      const here = new DatabaseSync(path, { readOnly: true });
      here.exec('PRAGMA cache_size = -8192');
      const writer = new WorkerChannel<WriterAnswer>('writer.worker', { path });
      const readers = Array.from({ length: readerThreads }, () => new WorkerChannel<ReaderAnswer>('reader.worker', { path, cacheKiB: 8_192 }));
      return new StandaloneFile(unlock, here, writer, readers);
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Values that wait for the writer. */
  get pendingWrites(): number {
    return this.writer.pending;
  }

  async write(value: WriteValue): Promise<WriteResult> {
    const answer = await this.writer.ask({ value });
    if ('error' in answer) throw new Error('unreachable: errors reject');
    return answer.result;
  }

  /** Throws StandaloneFileError when the file cannot be read, or its writer has ended. */
  ping(): void {
    this.writer.requireRunning();
    this.read('SELECT 1', []);
  }

  /** A read of few rows by key, made on the calling thread: microseconds. */
  read(sql: string, params: readonly SqlValue[]): SqlRow[] {
    return this.prepare(sql).all(...params) as SqlRow[];
  }

  /** As `read`, row by row, for a caller that may stop early; to be run through or left before the next read. */
  iterate(sql: string, params: readonly SqlValue[]): Iterable<SqlRow> {
    return this.prepare(sql).iterate(...params) as Iterable<SqlRow>;
  }

  /** A read that may take long, made in a reader thread. */
  async query(sql: string, params: readonly SqlValue[]): Promise<SqlRow[]> {
    const idle = this.readers.reduce((best, reader) => (reader.pending < best.pending ? reader : best), this.readers[this.nextReader++ % this.readers.length]!);
    const answer = await idle.ask({ sql, params });
    if ('error' in answer) throw new Error('unreachable: errors reject');
    return answer.rows;
  }

  /** Finishes the writes before it, then releases the folder; later writes and queries are rejected. */
  close(): Promise<void> {
    this.closing ??= this.closeAll();
    return this.closing;
  }

  private prepare(sql: string): StatementSync {
    let statement = this.prepared.get(sql);
    if (!statement) this.prepared.set(sql, (statement = this.here.prepare(sql)));
    return statement;
  }

  private async closeAll(): Promise<void> {
    await Promise.all([this.writer.close(), ...this.readers.map((reader) => reader.close())]);
    this.here.close();
    this.unlock();
  }
}
