// A read connection in a thread of its own, for queries that may take long. Loaded as TypeScript in tests, hence nothing
// here is imported but node: modules and types.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import type { SqlRow, SqlValue } from './statement.js';

interface Request { id: number; sql: string; params: SqlValue[] }
export type ReaderAnswer = { id: number; rows: SqlRow[] } | { id: number; error: { message: string; code: number } };

const port = parentPort;
if (!port) throw new Error('reader.worker runs as a worker thread only');
const { path, cacheKiB } = workerData as { path: string; cacheKiB: number };
const db = new DatabaseSync(path, { readOnly: true });
db.exec(`PRAGMA cache_size = -${cacheKiB}; PRAGMA temp_store = MEMORY`);

const prepared = new Map<string, StatementSync>();

port.on('message', (request: Request | { close: true }) => {
  if ('close' in request) {
    db.close();
    port.close();
    return;
  }
  try {
    let statement = prepared.get(request.sql);
    if (!statement) prepared.set(request.sql, (statement = db.prepare(request.sql)));
    port.postMessage({ id: request.id, rows: statement.all(...request.params) });
  } catch (error) {
    const { message, errcode } = error as { message: string; errcode?: number };
    port.postMessage({ id: request.id, error: { message, code: errcode ?? 0 } });
  }
});
