import { TOPICS, type StoredRecord } from '@isocenter/event-log';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FeedUnderTest, isWatermark } from '../../test/feed-under-test.js';
import { Lease } from '../hold-lease/lease.js';
import { publishChanges } from '../publish-changes/publish-changes.js';
import { writeWatermarks } from '../publish-changes/write-watermarks.js';

const folder = join(import.meta.dirname, '../../../../docs/asyncapi');
const document = readFileSync(join(folder, 'change-feed.v1.yaml'), 'utf8');

interface Schema {
  readonly $id: string;
  readonly properties: Readonly<Record<string, { readonly const?: unknown }>>;
}
const schemaOf = (name: string): Schema => JSON.parse(readFileSync(join(folder, `${name}.v1.schema.json`), 'utf8')) as Schema;

describe('the AsyncAPI document of the change feed', () => {
  let feed: FeedUnderTest;
  let validator: FastifyInstance;
  let changes: StoredRecord[];
  let watermarks: StoredRecord[];

  /** What the service really writes: each action, with and without what is optional. */
  beforeAll(async () => {
    feed = await FeedUnderTest.open();
    const lease = new Lease(feed.store, 'lease', 3_600_000);
    const detail = { sopClass: '1.2', modality: 'CT', transferSyntax: '1.2.840.10008.1.2.1', size: 10, sha256: 'ab'.repeat(32), replaces: 'v0', objectKey: 'k', storedBy: 'me', traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    await feed.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'b', createdAt: 'now' } }] });
    await feed.putInstance('1', 'v', { metadata: Buffer.from('{"00080060":{"vr":"CS","Value":["CT"]}}') });
    await feed.feed({ study: '1', detail }, { study: '2', action: 'update', detail }, { study: '3', action: 'delete', detail: { sopClass: '1.2', deletedBy: 'me' } }, { study: '4', partition: 2 });
    await publishChanges({ store: feed.store, objects: feed.objects, eventLog: feed.ports.eventLog }, { serviceHostName: 'archive.example.org', metadataInEvents: true }, lease);
    await writeWatermarks({ store: feed.store, eventLog: feed.ports.eventLog }, 0, 'archive.example.org', lease);
    const records = feed.topic().flat();
    [changes, watermarks] = [records.filter((record) => !isWatermark(record)), records.filter(isWatermark)];

    validator = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } } });
    for (const name of ['change', 'change-headers', 'watermark', 'watermark-headers']) {
      // What is not listed is an error here; for consumers it is an addition.
      validator.post(`/${name}`, { schema: { body: { ...schemaOf(name), $id: undefined, additionalProperties: false } } }, async () => 'valid');
    }
  });
  afterAll(async () => {
    await validator.close();
    await feed.close();
  });

  const verdict = async (name: string, value: object): Promise<string> => (await validator.inject({ method: 'POST', url: `/${name}`, payload: value })).body;
  const valueOf = ({ value }: StoredRecord): object => JSON.parse(value.toString()) as object;

  it('given the records that the service writes, then headers and values are as the schemas say', async () => {
    expect([changes.length, watermarks.length]).toEqual([4, 4]);
    for (const record of changes) expect([await verdict('change-headers', record.headers), await verdict('change', valueOf(record))]).toEqual(['valid', 'valid']);
    for (const record of watermarks) expect([await verdict('watermark-headers', record.headers), await verdict('watermark', valueOf(record))]).toEqual(['valid', 'valid']);
  });

  it('given a value that is not as it should be, then the schema says so', async () => {
    expect(await verdict('change', { ...valueOf(changes[0]!), action: 'store' })).toContain('action');
    expect(await verdict('change-headers', { ...changes[0]!.headers, ce_sequence: '1' })).toContain('ce_sequence');
  });

  it('given the schemas, then every header and member that they list is written', () => {
    const namesOf = (objects: readonly object[]): string[] => [...new Set(objects.flatMap((one) => Object.keys(one)))].sort();
    const listed = (name: string): string[] => Object.keys(schemaOf(name).properties).sort();
    expect(listed('change-headers')).toEqual(namesOf(changes.map(({ headers }) => headers)));
    expect(listed('change')).toEqual(namesOf(changes.map(valueOf)));
    expect(listed('watermark-headers')).toEqual(namesOf(watermarks.map(({ headers }) => headers)));
    expect(listed('watermark')).toEqual(namesOf(watermarks.map(valueOf)));
  });

  it('given dataschema, then it is the id of the schema', () => {
    expect(new Set(changes.map(({ headers }) => headers.ce_dataschema))).toEqual(new Set([schemaOf('change').$id]));
    expect(new Set(watermarks.map(({ headers }) => headers.ce_dataschema))).toEqual(new Set([schemaOf('watermark').$id]));
  });

  it('given the document, then it names the topic with its partitions and retention, each type, and each schema that there is', () => {
    const { name, partitions, retention } = TOPICS.changeFeed;
    expect(document).toContain(`address: ${name}\n`);
    expect(document).toContain(`partitions: ${partitions.distributed}\n`);
    expect([retention, document.includes('retention.ms: -1\n')]).toEqual(['forever', true]);
    for (const type of ['Created', 'Updated', 'Deleted']) expect(document).toContain(`DicomImage${type}`);
    expect(document).toContain('isocenter.watermark.v1');
    const referred = [...document.matchAll(/\$ref: '\.\/(.+)'/g)].map(([, file]) => file!);
    expect(referred.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
    expect(referred.sort()).toEqual(readdirSync(folder).filter((file) => file.endsWith('.json')).sort());
  });
});
