import { MongoMetadataStore, type MongoMetadataStoreOptions } from '../src/mongo/index.js';
import { randomUUID } from 'node:crypto';
import { mongo } from 'mongoose';

/** The server of the suites; rejects with what to do where there is none. */
export function mongoUrl(): string {
  const url = process.env['MONGODB_URL'];
  if (!url) throw new Error('MONGODB_URL is not set: npm run test:stack starts the servers and runs the suites that need them.');
  return url;
}

/** What the server did for one query. */
export interface Profile {
  readonly collection: string;
  readonly op: string;
  /** As `explain` sums it up: `IXSCAN { … }`, `COLLSCAN`. */
  readonly plan: string;
  readonly keys: number;
  readonly docs: number;
}

/** A database of its own on the server. */
export class MongoUnderTest {
  readonly database = `isocenter-test-${randomUUID()}`;
  readonly warnings: string[] = [];
  private readonly client = new mongo.MongoClient(mongoUrl());
  private readonly stores: MongoMetadataStore[] = [];

  /** The database as its owner sees it. */
  get db(): mongo.Db {
    return this.client.db(this.database);
  }

  async open(over: Partial<MongoMetadataStoreOptions> = {}): Promise<MongoMetadataStore> {
    const store = await MongoMetadataStore.open({ url: mongoUrl(), database: this.database, log: { warn: (...given: unknown[]) => void this.warnings.push(JSON.stringify(given)) }, ...over });
    this.stores.push(store);
    return store;
  }

  /** Removes all rows but those of a new database: building the indexes anew would take longer than the tests. */
  async empty(): Promise<void> {
    for (const { name } of await this.db.listCollections().toArray()) {
      if (name !== 'schema') await this.db.collection(name).deleteMany(name === 'partitions' ? { key: { $gt: 1 } } : {});
    }
  }

  /** The plans that the server ran, and what they read, during the work. */
  async profile(work: () => Promise<unknown>): Promise<Profile[]> {
    await this.db.command({ profile: 2 });
    try {
      await work();
    } finally {
      await this.db.command({ profile: 0 });
    }
    const found = await this.db.collection('system.profile').find({ 'command.aggregate': { $ne: 'system.profile' }, planSummary: { $exists: true } }).toArray();
    await this.db.dropCollection('system.profile');
    return found.map((entry) => ({ collection: String(entry['ns']).split('.').at(-1)!, op: String(entry['op']), plan: String(entry['planSummary']), keys: Number(entry['keysExamined'] ?? 0), docs: Number(entry['docsExamined'] ?? 0) }));
  }

  /** Closes the stores and removes the database. */
  async close(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.close()));
    await this.db.dropDatabase();
    await this.client.close();
  }
}
