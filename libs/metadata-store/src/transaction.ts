import type { KeyOf, Rows, TableName } from './rows.js';

type PerTable<F extends { [T in TableName]: object }> = F[TableName];

/** The row must not exist: of two inserts of one key the first wins. */
export type Insert = PerTable<{ [T in TableName]: { readonly op: 'insert'; readonly table: T; readonly row: Rows[T] } }>;
/** The row is replaced or made. */
export type Put = PerTable<{ [T in TableName]: { readonly op: 'put'; readonly table: T; readonly row: Rows[T] } }>;
/** The row must exist and hold what `expect` says. */
export type Update = PerTable<{ [T in TableName]: { readonly op: 'update'; readonly table: T; readonly key: KeyOf<T>; readonly expect?: Partial<Rows[T]>; readonly set: Partial<Rows[T]> } }>;
/** A row that is not there is no failure. */
export type Remove = PerTable<{ [T in TableName]: { readonly op: 'remove'; readonly table: T; readonly key: KeyOf<T> } }>;
/** All rows whose columns equal these; the columns are a prefix of the table's key. */
export type RemoveAll = PerTable<{ [T in TableName]: { readonly op: 'removeAll'; readonly table: T; readonly where: Partial<KeyOf<T>> } }>;

export type Write = Insert | Put | Update | Remove | RemoveAll;

/**
 * A transaction is a value: all of its writes happen, or none. `insert` and `update` are the preconditions: each is a
 * conditional write on a row that every rival writes too, since a condition that is only read does not hold everywhere.
 */
export interface Transaction {
  readonly writes: readonly Write[];
  /** False: may be lost in a power cut until the next durable one. Default true. */
  readonly durable?: boolean;
}

export type Outcome =
  | { readonly committed: true }
  /** `failed`: index of the write whose condition did not hold; nothing was written. */
  | { readonly committed: false; readonly failed: number };
