import type { SqlValue, Statement } from '@isocenter/standalone-file';
import { TABLE_KEYS } from '../rows.js';
import type { Write } from '../transaction.js';

type Columns = Record<string, SqlValue>;

const texts = new Map<string, string>();

/** One text per shape of write, so that the writer prepares each once. */
function textOf(shape: string, make: () => string): string {
  let text = texts.get(shape);
  if (text === undefined) texts.set(shape, (text = make()));
  return text;
}

function equals(columns: readonly string[]): string {
  return columns.map((name) => `${name} IS ?`).join(' AND ');
}

function compileRow(op: 'insert' | 'put', table: string, row: Columns): Statement {
  const names = Object.keys(row);
  const sql = textOf(`${op} ${table} ${names.join()}`, () => {
    const values = `INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`;
    if (op === 'insert') return `INSERT ${values} ON CONFLICT DO NOTHING`;
    const key: readonly string[] = TABLE_KEYS[table as keyof typeof TABLE_KEYS];
    const rest = names.filter((name) => !key.includes(name)).map((name) => `${name} = excluded.${name}`);
    return `INSERT ${values} ON CONFLICT (${key.join(', ')}) DO ${rest.length > 0 ? `UPDATE SET ${rest.join(', ')}` : 'NOTHING'}`;
  });
  const params = names.map((name) => row[name]!);
  return op === 'insert' ? { sql, params, changes: 1 } : { sql, params };
}

function compileUpdate(table: string, key: Columns, expect: Columns, set: Columns): Statement {
  const setNames = Object.keys(set);
  const whereNames = [...Object.keys(key), ...Object.keys(expect)];
  const sql = textOf(`update ${table} ${setNames.join()} ${whereNames.join()}`, () =>
    `UPDATE ${table} SET ${setNames.map((name) => `${name} = ?`).join(', ')} WHERE ${equals(whereNames)}`);
  return { sql, params: [...Object.values(set), ...Object.values(key), ...Object.values(expect)], changes: 1 };
}

function compileRemove(table: string, where: Columns): Statement {
  const names = Object.keys(where);
  return { sql: textOf(`remove ${table} ${names.join()}`, () => `DELETE FROM ${table} WHERE ${equals(names)}`), params: Object.values(where) };
}

/** A write as one statement; a condition becomes the number of rows that it must change. */
export function compileWrite(write: Write): Statement {
  switch (write.op) {
    case 'insert':
    case 'put':
      return compileRow(write.op, write.table, write.row as unknown as Columns);
    case 'update':
      return compileUpdate(write.table, write.key as unknown as Columns, (write.expect ?? {}) as Columns, write.set as Columns);
    case 'remove':
      return compileRemove(write.table, write.key as unknown as Columns);
    case 'removeAll':
      return compileRemove(write.table, write.where as Columns);
  }
}
