import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { inspect } from 'node:util';
import { MongoUnderTest, mongoUrl } from '../../test/mongo-under-test.js';
import { put, studyRow } from '../contract/rows.contract.js';
import { SCHEMA_VERSION } from './prepare-schema.js';
import { TABLE_NAMES } from './tables.js';

let mongo: MongoUnderTest;
beforeEach(() => {
  mongo = new MongoUnderTest();
});
afterEach(() => mongo.close());

interface SchemaDocument {
  _id: string;
  [name: string]: unknown;
}
const schema = () => mongo.db.collection<SchemaDocument>('schema');

describe('Opening a database', () => {
  it('given several processes that begin at once with none, then it is made once', async () => {
    const stores = await Promise.all(Array.from({ length: 5 }, () => mongo.open()));
    const [document, ...others] = await schema().find().toArray();
    expect(others).toEqual([]);
    expect(document).toMatchObject({ _id: 'metadata', ...version(SCHEMA_VERSION) });
    expect(document).not.toHaveProperty('migrator');
    for (const store of stores) expect(await store.listPartitions(0)).toMatchObject([{ key: 1, name: 'Microsoft.Default' }]);
    const names = (await mongo.db.listCollections().toArray()).map(({ name }) => name);
    expect(names.sort()).toEqual([...TABLE_NAMES, 'schema'].sort());
  });

  it('given a migration that another process has begun, then it is waited for, and taken over when that one is gone', async () => {
    await schema().insertOne({ _id: 'metadata', migrator: 'another', migratesUntil: new Date(Date.now() + 1_000) });
    const began = performance.now();
    const store = await mongo.open();
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(await store.findPartition('Microsoft.Default')).toBeDefined();
  });

  it('given a schema of a later release with the same first number, then this one runs on it', async () => {
    const store = await mongo.open();
    await schema().updateOne({ _id: 'metadata' }, { $set: { minor: SCHEMA_VERSION.minor + 1 } });
    const later = await mongo.open();
    await later.commit({ writes: [put.study({ patientId: 'p' })] });
    // The later release has another column, and wrote a row before this one knew `studyId`.
    await mongo.db.collection<SchemaDocument>('studies').updateOne({}, { $set: { later: 'x' }, $unset: { studyId: 1 } });
    expect(await later.findStudy(1, '1.1')).toEqual(studyRow({ patientId: 'p' }));
    await store.commit({ writes: [{ op: 'update', table: 'studies', key: { partition: 1, study: '1.1' }, set: { patientId: 'q' } }] });
    expect(await mongo.db.collection('studies').findOne()).toMatchObject({ later: 'x', patientId: 'q' });
    expect(await schema().findOne()).toMatchObject({ minor: SCHEMA_VERSION.minor + 1 });
  });

  it('given a schema of a later release with another first number, then it is refused, with what to do', async () => {
    await schema().insertOne({ _id: 'metadata', major: SCHEMA_VERSION.major + 1, minor: 3 });
    await expect(mongo.open()).rejects.toMatchObject({ name: 'MetadataStoreSetupError', retriable: false, message: expect.stringMatching(/schema 2\.3.*knows schema 1\.\d+.*newer one/) });
    expect((await mongo.db.listCollections().toArray()).map(({ name }) => name)).toEqual(['schema']);
  });
});

describe('Opening with what does not work', () => {
  const secret = 'hunter2-secret';
  const failure = async (url: string): Promise<Error> => mongo.open({ url }).then(() => { throw new Error("it opened"); }, (error: Error) => error);

  it('given a wrong password, then it is not retriable, and nobody learns the password', async () => {
    const error = await failure(mongoUrl().replace('mongodb://', `mongodb://isocenter:${secret}@`));
    expect(error).toMatchObject({ name: 'MetadataStoreSetupError', retriable: false, message: expect.stringContaining('password') });
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  it.each([`mongodb://isocenter:${secret}@`, `mongodb://isocenter:${secret}@host/x?tls=perhaps`, `http://isocenter:${secret}@host`])('given an address that is none, then it says so without it', async (url) => {
    const error = await failure(url);
    expect(error).toMatchObject({ name: 'MetadataStoreSetupError', retriable: false, message: expect.stringContaining('MONGODB_URL') });
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });

  it('given nobody at the address, then it is retriable, in bounded time, and names the address without the password', async () => {
    const port = await freePort();
    const began = performance.now();
    const error = await failure(`mongodb://isocenter:${secret}@127.0.0.1:${port}/isocenter`);
    expect(performance.now() - began).toBeLessThan(6_000);
    expect(error).toMatchObject({ name: 'MetadataStoreUnavailableError', retriable: true, message: expect.stringContaining(`127.0.0.1:${port}`) });
    expect(inspect(error, { depth: 9 })).not.toContain(secret);
  });
});

function version({ major, minor }: { major: number; minor: number }): object {
  return { major, minor };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
