import { type Connection, type mongo } from 'mongoose';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MetadataStoreUnavailableError } from '../errors.js';
import { MetadataStoreSetupError } from '../errors.js';
import type { TableName } from '../rows.js';
import { TABLE_NAMES, schemaOf } from './tables.js';

/**
 * Version of the schema. While releases change, the previous one and this one run side by side on the same database, so a
 * step up of `minor` only adds: a collection, an index, a column that may be null and that nobody misses where the previous
 * release wrote the row. Nothing that the previous release reads, writes or names (an index in a hint) changes or goes;
 * that is a later release's, when nobody needs it. What cannot be done so is a step up of `major`: older releases then
 * refuse to open.
 */
interface Version {
  readonly major: number;
  readonly minor: number;
}

interface Migration extends Version {
  /** May run again after it was broken off, and beside another process that does the same. */
  readonly run: (connection: Connection) => Promise<void>;
}

const MIGRATIONS: readonly Migration[] = [
  { major: 1, minor: 0, run: createAll },
  { major: 1, minor: 1, run: (connection) => createTables(connection, ['operations']) },
  { major: 1, minor: 2, run: (connection) => createTables(connection, ['originalMetadata']) },
  { major: 1, minor: 3, run: (connection) => createTables(connection, ['queryTags', 'tagValues', 'tagErrors']) },
  { major: 1, minor: 4, run: (connection) => createTables(connection, ['restorations']) },
];
export const SCHEMA_VERSION: Version = MIGRATIONS.at(-1)!;

interface SchemaDocument extends Partial<Version> {
  _id: string;
  /** Who migrates, until when by the server's clock unless it says so again. */
  migrator?: string;
  migratesUntil?: Date;
}

const ID = 'metadata';
const LEASE_MS = 15_000;
const LOOK_AGAIN_MS = 100;

/**
 * Brings the database to this program's schema; of several processes that start at once one does it and the others wait.
 * Rejects with MetadataStoreSetupError when the database is of a release that is too new, and with
 * MetadataStoreUnavailableError when another process is not done after `withinMs`.
 */
export async function prepareSchema(connection: Connection, withinMs: number): Promise<void> {
  const schema = connection.db!.collection<SchemaDocument>('schema');
  const deadline = performance.now() + withinMs;
  const me = randomUUID();
  await schema.updateOne({ _id: ID }, { $setOnInsert: { migratesUntil: new Date(0) } }, { upsert: true });
  for (;;) {
    const found = await schema.findOne({ _id: ID });
    if (found?.major !== undefined && found.major > SCHEMA_VERSION.major) {
      throw new MetadataStoreSetupError(`The database is of schema ${found.major}.${found.minor}, and this release knows schema ${SCHEMA_VERSION.major}.${SCHEMA_VERSION.minor} and those of the same first number. Run the release that wrote it, or a newer one.`);
    }
    if (found && !isOlder(found, SCHEMA_VERSION)) return;
    if (await takeLease(schema, me)) await migrate(connection, schema, me);
    else if (performance.now() > deadline) throw new MetadataStoreUnavailableError('another process is bringing its schema up to date; tried again until that is done');
    else await pause(LOOK_AGAIN_MS);
  }
}

function isOlder({ major = 0, minor = 0 }: Partial<Version>, than: Version): boolean {
  return major < than.major || (major === than.major && minor < than.minor);
}

/** True when this process holds the lease now, by the server's clock. */
async function takeLease(schema: mongo.Collection<SchemaDocument>, me: string): Promise<boolean> {
  const isFree = { $or: [{ $eq: ['$migrator', me] }, { $lt: [{ $ifNull: ['$migratesUntil', new Date(0)] }, '$$NOW'] }] };
  const result = await schema.updateOne({ _id: ID, $expr: isFree }, [{ $set: { migrator: me, migratesUntil: { $add: ['$$NOW', LEASE_MS] } } }]);
  return result.matchedCount > 0;
}

async function migrate(connection: Connection, schema: mongo.Collection<SchemaDocument>, me: string): Promise<void> {
  const renewal = setInterval(() => void takeLease(schema, me).catch(() => undefined), LEASE_MS / 3);
  try {
    const found = await schema.findOne({ _id: ID });
    for (const { run, major, minor } of MIGRATIONS.filter((migration) => isOlder(found ?? {}, migration))) {
      await run(connection);
      await schema.updateOne({ _id: ID }, { $set: { major, minor, migratedAt: new Date() } });
    }
  } finally {
    clearInterval(renewal);
    await schema.updateOne({ _id: ID, migrator: me }, { $unset: { migrator: 1, migratesUntil: 1 } }).catch(() => undefined);
  }
}

/** What is there already stays. */
async function createTables(connection: Connection, tables: readonly TableName[]): Promise<void> {
  for (const table of tables) {
    const model = connection.model(table, schemaOf(table), table);
    await model.createCollection();
    await model.createIndexes();
    connection.deleteModel(table);
  }
}

/** Version 1.0, and for a new database all that came later. */
async function createAll(connection: Connection): Promise<void> {
  await createTables(connection, TABLE_NAMES);
  await connection.db!.collection<{ _id: string }>('partitions').updateOne({ _id: 'Microsoft.Default' }, { $setOnInsert: { key: 1, createdAt: new Date().toISOString() } }, { upsert: true });
}
