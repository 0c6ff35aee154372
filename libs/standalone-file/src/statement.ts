export type SqlValue = null | number | string | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

export interface Statement {
  readonly sql: string;
  readonly params: readonly SqlValue[];
  /** Rows that the statement must change; another number rolls the whole value back. */
  readonly changes?: number;
  /** The statement has a RETURNING clause whose rows are wanted. */
  readonly returning?: boolean;
}

/** A transaction as a value: handed over whole, applied whole or not at all. */
export interface WriteValue {
  readonly statements: readonly Statement[];
  /** True: the promise resolves after an fsync of the write-ahead log. False: it may be lost by a power cut, until a later durable value is written. */
  readonly durable: boolean;
}

export type WriteResult =
  | { readonly committed: true; readonly rows: readonly SqlRow[][] }
  /** `statement`: index of the one that changed another number of rows than it had to. */
  | { readonly committed: false; readonly statement: number };
