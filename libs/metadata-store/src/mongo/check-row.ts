import { TransactionRefusedError } from '../errors.js';
import type { TableName } from '../rows.js';
import { COLUMNS } from './tables.js';

type Check = (value: unknown) => boolean;

const CHECKS = new Map<unknown, readonly [name: string, check: Check]>([
  [String, ['a text', (value) => typeof value === 'string']],
  [Number, ['a whole number', (value) => Number.isSafeInteger(value)]],
  [Buffer, ['bytes', (value) => value instanceof Uint8Array]],
]);

/** Throws TransactionRefusedError for a row, or a part of one, that the table cannot hold. Says which column, never its value. */
export function checkRow(table: TableName, values: object, whole: boolean): void {
  const columns: Readonly<Record<string, { readonly type: unknown; readonly required: boolean }>> = COLUMNS[table];
  const given = values as Readonly<Record<string, unknown>>;
  for (const name of whole ? Object.keys(columns) : Object.keys(given)) {
    const column = columns[name];
    if (!column) throw refusal(table, name, 'is no column');
    if (given[name] === null && !column.required) continue;
    const [kind, check] = CHECKS.get(column.type)!;
    if (!check(given[name])) throw refusal(table, name, `is to be ${kind}${column.required ? '' : ' or null'}`);
  }
  if (!whole) return;
  const unknown = Object.keys(given).find((name) => !(name in columns));
  if (unknown !== undefined) throw refusal(table, unknown, 'is no column');
}

function refusal(table: TableName, column: string, what: string): TransactionRefusedError {
  return new TransactionRefusedError(`${table}.${column} ${what}`);
}
