import { TransactionRefusedError } from '../errors.js';
import type { TableName } from '../rows.js';
import { COLUMNS } from './tables.js';

type Check = (value: unknown) => boolean;

const CHECKS = new Map<unknown, readonly [name: string, check: Check]>([
  [String, ['a text', (value) => typeof value === 'string']],
  [Number, ['a whole number', (value) => Number.isSafeInteger(value)]],
  [Buffer, ['bytes', (value) => value instanceof Uint8Array]],
]);

/** A document of MongoDB holds 16 MiB; what a row holds in other columns than texts and bytes is small. */
const MAX_BYTES = 15 * 1024 * 1024;
/** At most so many of UTF-8 for a unit of UTF-16. */
const BYTES_PER_UNIT = 3;

/** Throws TransactionRefusedError for a row, or a part of one, that the table cannot hold. Says which column, never its value. */
export function checkRow(table: TableName, values: object, whole: boolean): void {
  const columns: Readonly<Record<string, { readonly type: unknown; readonly required: boolean }>> = COLUMNS[table];
  const given = values as Readonly<Record<string, unknown>>;
  let bytes = 0;
  for (const name of whole ? Object.keys(columns) : Object.keys(given)) {
    const column = columns[name];
    if (!column) throw refusal(table, name, 'is no column');
    if (given[name] === null && !column.required) continue;
    const [kind, check] = CHECKS.get(column.type)!;
    if (!check(given[name])) throw refusal(table, name, `is to be ${kind}${column.required ? '' : ' or null'}`);
    const value = given[name];
    if (typeof value === 'string') bytes += value.length * BYTES_PER_UNIT;
    if (value instanceof Uint8Array) bytes += value.byteLength;
  }
  if (bytes > MAX_BYTES) throw new TransactionRefusedError(`a row of ${table} is larger than ${MAX_BYTES} bytes; what is large belongs into an object`);
  if (!whole) return;
  const unknown = Object.keys(given).find((name) => !(name in columns));
  if (unknown !== undefined) throw refusal(table, unknown, 'is no column');
}

function refusal(table: TableName, column: string, what: string): TransactionRefusedError {
  return new TransactionRefusedError(`${table}.${column} ${what}`);
}
