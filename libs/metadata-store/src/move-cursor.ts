import type { CursorRow } from './rows.js';
import type { Write } from './transaction.js';

/** Moves a cursor on from where it was read; of two who move it from the same place one fails. `read` undefined: it is not there yet. */
export function moveCursor(name: string, read: CursorRow | undefined, position: number, detail = ''): Write {
  if (!read) return { op: 'insert', table: 'cursors', row: { name, position, detail } };
  return { op: 'update', table: 'cursors', key: { name }, expect: { position: read.position }, set: { position, detail } };
}
