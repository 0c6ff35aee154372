import { type mongo } from 'mongoose';
import type { Rows, TableName } from '../rows.js';
import type { CausalReads } from './causal-reads.js';
import { toRow, type Filter, type RowDocument } from './documents.js';

export interface FindOptions {
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly skip?: number;
  readonly limit?: number;
  readonly hint?: string;
  readonly projection?: Readonly<Record<string, 1>>;
}

/** What a walk goes along. */
export type Source =
  | { readonly table: TableName; readonly filter: Filter; readonly options: FindOptions }
  | { readonly table: TableName; readonly pipeline: mongo.Document[]; readonly hint: string };

/** Time that the server gives a read; a search may look at many keys. */
const READ_MS = 10_000;
/** Documents of a walk that are looked at together. */
const BATCH = 1_000;

/** Reads of the collections. All reject with MetadataStoreUnavailableError. */
export class Reading {
  constructor(readonly reads: CausalReads, private readonly collection: (table: TableName) => mongo.Collection<RowDocument>) {}

  find(table: TableName, filter: Filter, { limit, ...options }: FindOptions = {}): Promise<RowDocument[]> {
    if (limit === 0) return Promise.resolve([]);
    // As many as are wanted come in one answer, where they fit.
    const bounds = limit === undefined ? {} : { limit, batchSize: limit + 1 };
    return this.reads.run((session) => this.collection(table).find(filter as mongo.Filter<RowDocument>, { ...options, ...bounds, session, maxTimeMS: READ_MS }).toArray());
  }

  async rows<T extends TableName>(table: T, filter: Filter, options?: FindOptions): Promise<Rows[T][]> {
    return (await this.find(table, filter, options)).map((document) => toRow(table, document));
  }

  async row<T extends TableName>(table: T, filter: Filter, options?: FindOptions): Promise<Rows[T] | undefined> {
    return (await this.rows(table, filter, { ...options, limit: 1 }))[0];
  }

  aggregate(table: TableName, pipeline: mongo.Document[], hint: string): Promise<mongo.Document[]> {
    return this.reads.run((session) => this.collection(table).aggregate(pipeline, { hint, session, maxTimeMS: READ_MS }).toArray());
  }

  /** Hands over batches until `take` resolves with false or there are no more. */
  async walk(source: Source, take: (batch: RowDocument[]) => Promise<boolean>): Promise<void> {
    await this.reads.run(async (session) => {
      const options = { session, maxTimeMS: READ_MS, batchSize: BATCH };
      const collection = this.collection(source.table);
      const cursor = 'filter' in source
        ? collection.find(source.filter as mongo.Filter<RowDocument>, { ...source.options, ...options })
        : collection.aggregate<RowDocument>(source.pipeline, { hint: source.hint, ...options });
      try {
        while (await cursor.hasNext()) {
          if (!(await take(cursor.readBufferedDocuments()))) return;
        }
      } finally {
        await cursor.close();
      }
    });
  }
}
