import { MongoMetadataStore, type MongoMetadataStoreOptions } from '../src/mongo/index.js';
import { randomUUID } from 'node:crypto';
import { mongo } from 'mongoose';

/** The server of the suites; rejects with what to do where there is none. */
export function mongoUrl(): string {
  const url = process.env['MONGODB_URL'];
  if (!url) throw new Error('MONGODB_URL is not set: npm run test:stack starts the servers and runs the suites that need them.');
  return url;
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

  /** Closes the stores and removes the database. */
  async close(): Promise<void> {
    await Promise.all(this.stores.map((store) => store.close()));
    await this.db.dropDatabase();
    await this.client.close();
  }
}
