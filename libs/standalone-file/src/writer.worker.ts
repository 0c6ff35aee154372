// The one connection that writes to the standalone file. Runs as a worker thread; loaded as TypeScript in tests, hence
// nothing here is imported but node: modules and types.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { SqlRow, Statement, WriteResult, WriteValue } from './statement.js';

type Request = { id: number; value: WriteValue } | { close: true };
export type WriterAnswer = { id: number; result: WriteResult } | { id: number; error: { message: string; code: number } };

/** Values committed together at most: bounds how long the first one waits. */
const GROUP_LIMIT = 256;
const SQLITE_MISMATCH = 20;

const port = parentPort;
if (!port) throw new Error('writer.worker runs as a worker thread only');
const { path } = workerData as { path: string };
// Nobody else writes, but a backup program or a SQL shell may hold the lock for a moment: that is waited for here.
const db = new DatabaseSync(path, { timeout: 1_000 });
// Little page cache, as the system caches the file too; a checkpoint every 16 MB of log keeps the pauses of the writer short and rare.
db.exec('PRAGMA journal_mode = WAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY');

const prepared = new Map<string, StatementSync>();
function prepare(sql: string): StatementSync {
  let statement = prepared.get(sql);
  if (!statement) prepared.set(sql, (statement = db.prepare(sql)));
  return statement;
}

function run({ sql, params, changes, returning }: Statement, rows: SqlRow[][]): boolean {
  const statement = prepare(sql);
  if (returning) {
    const found = statement.all(...params) as SqlRow[];
    rows.push(found);
    return changes === undefined || found.length === changes;
  }
  const done = statement.run(...params);
  return changes === undefined || Number(done.changes) === changes;
}

/** A savepoint of its own: what fails here leaves the other values of the group alone. */
function apply(value: WriteValue): WriteResult {
  const rows: SqlRow[][] = [];
  prepare('SAVEPOINT value').run();
  try {
    for (const [index, statement] of value.statements.entries()) {
      if (run(statement, rows)) continue;
      prepare('ROLLBACK TO value').run();
      prepare('RELEASE value').run();
      return { committed: false, statement: index };
    }
  } catch (error) {
    if (db.isTransaction) {
      prepare('ROLLBACK TO value').run();
      prepare('RELEASE value').run();
    }
    throw error;
  }
  prepare('RELEASE value').run();
  return { committed: true, rows };
}

function describe(error: unknown): { message: string; code: number } {
  const { message, errcode } = error as { message?: string; errcode?: number };
  // A value that cannot be bound is a TypeError without a code of SQLite's.
  return { message: String(message ?? error), code: errcode ?? (error instanceof TypeError ? SQLITE_MISMATCH : 0) };
}

let synchronous = '';
function setDurability(durable: boolean): void {
  const wanted = durable ? 'FULL' : 'NORMAL';
  if (wanted !== synchronous) db.exec(`PRAGMA synchronous = ${(synchronous = wanted)}`);
}

/** Group commit: one BEGIN…COMMIT, and so at most one fsync, for all values that wait. */
function commitGroup(group: readonly { id: number; value: WriteValue }[]): WriterAnswer[] {
  const answers: WriterAnswer[] = [];
  try {
    setDurability(group.some(({ value }) => value.durable));
    prepare('BEGIN IMMEDIATE').run();
    for (const { id, value } of group) {
      try {
        answers.push({ id, result: apply(value) });
      } catch (error) {
        // An I/O error or a full disk ends the whole transaction: then nobody's value is in.
        if (!db.isTransaction) throw error;
        answers.push({ id, error: describe(error) });
      }
    }
    prepare('COMMIT').run();
    return answers;
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    return group.map(({ id }) => ({ id, error: describe(error) }));
  }
}

function take(first: Request): { group: { id: number; value: WriteValue }[]; close: boolean } {
  const group: { id: number; value: WriteValue }[] = [];
  let next: Request | undefined = first;
  while (next) {
    if ('close' in next) return { group, close: true };
    group.push(next);
    if (group.length >= GROUP_LIMIT) break;
    next = receiveMessageOnPort(port!)?.message as Request | undefined;
  }
  return { group, close: false };
}

port.on('message', (first: Request) => {
  const { group, close } = take(first);
  if (group.length > 0) port.postMessage(commitGroup(group));
  if (close) {
    db.close();
    port.close();
  }
});
port.postMessage([]);
