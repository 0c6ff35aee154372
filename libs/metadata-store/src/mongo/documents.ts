import { TABLE_KEYS, type KeyOf, type Rows, type TableName } from '../rows.js';
import { COLUMNS, pathOf } from './tables.js';

/** A row's document. `_id` is the key, see tables.ts. */
export type RowDocument = { _id: unknown } & Record<string, unknown>;
/** The driver's own type of it cannot say that a key may be a sub-document. */
export type Filter = Readonly<Record<string, unknown>>;
type Values = Readonly<Record<string, unknown>>;

interface TableShape {
  readonly key: readonly string[];
  /** The other columns. */
  readonly fields: readonly string[];
}

const SHAPES = Object.fromEntries(Object.entries(COLUMNS).map(([table, columns]) => {
  const key: readonly string[] = TABLE_KEYS[table as TableName];
  return [table, { key, fields: Object.keys(columns).filter((name) => !key.includes(name)) }];
})) as unknown as Record<TableName, TableShape>;

/** The `_id` of a row, from its key or from all of it. */
export function idOf<T extends TableName>(table: T, key: KeyOf<T> | Rows[T]): unknown {
  const values = key as unknown as Values;
  const names = SHAPES[table].key;
  return names.length === 1 ? values[names[0]!] : Object.fromEntries(names.map((name) => [name, values[name]]));
}

export function toDocument<T extends TableName>(table: T, row: Rows[T]): RowDocument {
  const values = row as unknown as Values;
  const document: RowDocument = { _id: idOf(table, row) };
  for (const name of SHAPES[table].fields) document[name] = values[name];
  return document;
}

/** Columns that another release made are left out; those that it did not know are null. */
export function toRow<T extends TableName>(table: T, { _id, ...document }: RowDocument): Rows[T] {
  const { key, fields } = SHAPES[table];
  const row: Record<string, unknown> = key.length === 1 ? { [key[0]!]: _id } : { ...(_id as object) };
  for (const name of fields) row[name] = document[name] ?? null;
  return row as unknown as Rows[T];
}

/** Columns by where they stand in documents. */
export function toPaths(table: TableName, values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([column, value]) => [pathOf(table, column), value]));
}
