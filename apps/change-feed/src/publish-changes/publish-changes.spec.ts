import { TOPICS } from '@isocenter/event-log';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FEED_PUBLISHED } from '@isocenter/metadata-store';
import { consumeAsTold, FeedUnderTest, sequenceOf, type Announced } from '../../test/feed-under-test.js';
import { Lease } from '../hold-lease/lease.js';
import { publishChanges, type Published } from './publish-changes.js';

const options = { serviceHostName: 'archive.example.org', metadataInEvents: false };

describe('publishChanges', () => {
  let feed: FeedUnderTest;
  let lease: Lease;
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
    lease = new Lease(feed.store, 'lease', 3_600_000);
  });
  afterEach(() => feed.close());

  const publish = (over: Partial<typeof options> = {}, by = lease): Promise<Published> => publishChanges({ store: feed.store, objects: feed.objects, eventLog: feed.ports.eventLog }, { ...options, ...over }, by);
  const studies = (count: number, first = 1): Announced[] => Array.from({ length: count }, (_, at) => ({ study: String(first + at) }));
  const position = async (): Promise<number> => (await feed.store.readCursor(FEED_PUBLISHED))?.position ?? 0;
  const values = (): Record<string, unknown>[] => feed.topic().flat().sort((one, other) => sequenceOf(one) - sequenceOf(other)).map(({ value }) => JSON.parse(value.toString()) as Record<string, unknown>);
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
  /** Where each change belongs, by its study. */
  const read = async (): Promise<{ sequences: number[]; doubles: number }> => {
    const homes = new Map((await feed.store.listChanges({ after: 0, limit: 100_000 })).map(({ sequence, partitionName, study }) => [sequence, feed.ports.eventLog.partitionOf(TOPICS.changeFeed, `${partitionName}/${study}`)]));
    return consumeAsTold(feed.topic(), (sequence) => homes.get(sequence)!);
  };

  it('given a change, then a CloudEvent in binary mode with the documented data, under the key of its study', async () => {
    await feed.feed({ study: '7', version: 'v2', detail: { sopClass: '1.2', modality: 'CT', transferSyntax: '1.2.840.10008.1.2.1', size: 10, sha256: 'ab', replaces: 'v1', objectKey: 'secret', storedBy: 'me' } });
    expect(await publish()).toEqual({ count: 1, more: false });
    const [change] = await feed.store.listChanges({ after: 0, limit: 1 });
    const [record, ...others] = feed.topic().flat();
    expect(others).toEqual([]);
    expect(record!.key).toBe('Microsoft.Default/7');
    expect(record!.headers).toEqual({
      'content-type': 'application/json', ce_specversion: '1.0', ce_id: '1', ce_source: '//archive.example.org/change-feed', ce_type: 'Microsoft.HealthcareApis.DicomImageCreated',
      ce_subject: 'archive.example.org/v2/studies/7/series/7.1/instances/7.1.1', ce_time: change!.timestamp, ce_dataschema: 'urn:isocenter:change-feed.v1:change',
      ce_sequence: '0000000000000001', ce_partitionkey: 'Microsoft.Default/7',
    });
    expect(JSON.parse(record!.value.toString())).toEqual({
      partitionName: 'Microsoft.Default', imageStudyInstanceUid: '7', imageSeriesInstanceUid: '7.1', imageSopInstanceUid: '7.1.1', serviceHostName: 'archive.example.org', sequenceNumber: 1,
      action: 'create', state: 'current', timestamp: change!.timestamp, version: 'v2', replaces: 'v1', sopClassUid: '1.2', modality: 'CT', transferSyntaxUid: '1.2.840.10008.1.2.1', sizeBytes: 10, sha256: 'ab',
    });
  });

  it('given the actions, then the documented types, and the partition in key and subject', async () => {
    await feed.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'b', createdAt: 'now' } }] });
    await feed.feed({ action: 'create' }, { action: 'update' }, { action: 'delete', partition: 2 });
    await publish();
    const records = feed.topic().flat().sort((one, other) => sequenceOf(one) - sequenceOf(other));
    expect(records.map(({ headers }) => headers.ce_type)).toEqual(['Created', 'Updated', 'Deleted'].map((what) => `Microsoft.HealthcareApis.DicomImage${what}`));
    expect(values().map(({ action, state }) => [action, state])).toEqual([['create', 'current'], ['update', 'current'], ['delete', 'deleted']]);
    expect([records[2]!.key, records[2]!.headers.ce_subject]).toEqual(['b/1', 'archive.example.org/v2/partitions/b/studies/1/series/1.1/instances/1.1.1']);
  });

  it('given more changes than one append holds, then it says so, and all are there in the order of their partition', async () => {
    await feed.feed(...studies(900));
    const counts: number[] = [];
    for (let more = true; more;) {
      const published = await publish();
      counts.push(published.count);
      ({ more } = published);
    }
    expect(counts.reduce((sum, count) => sum + count)).toBe(900);
    expect(counts.length).toBeGreaterThan(2);
    expect(await read()).toEqual({ sequences: upTo(900), doubles: 0 });
    expect(await position()).toBe(900);
  });

  it('given nothing new, then nothing is appended and the lease is not touched', async () => {
    expect(await publish()).toEqual({ count: 0, more: false });
    expect(await feed.store.readCursor('lease')).toBeUndefined();
  });

  it('given a process that died between the append and the move of the cursor, then the next one sends the same again, byte for byte', async () => {
    await feed.feed(...studies(20));
    await publish();
    await feed.store.commit({ writes: [{ op: 'update', table: 'cursors', key: { name: FEED_PUBLISHED }, set: { position: 12 } }] });
    await feed.feed(...studies(5, 21));
    await publish();
    expect(await read()).toEqual({ sequences: upTo(25), doubles: 8 });
    const bytes = Map.groupBy(feed.topic().flat(), sequenceOf);
    for (const twice of [...bytes.values()].filter(({ length }) => length > 1)) expect(new Set(twice.map(({ headers, value }) => JSON.stringify([headers, value.toString()]))).size).toBe(1);
  });

  it('given replicas that all believe to hold the lease, and a cursor that is moved under them, then no consumer misses a change or sees one too early', async () => {
    const replicas = Array.from({ length: 4 }, (_, at) => new Lease(feed.store, `lease ${at}`, 3_600_000));
    for (let round = 0; round < 10; round += 1) {
      await feed.feed(...studies(30, round * 20));
      await Promise.all(replicas.map((replica) => publish({}, replica)));
    }
    const { sequences, doubles } = await read();
    expect(sequences).toEqual(upTo(300));
    expect(doubles).toBeGreaterThan(0);
  });

  it('given a lease that ran out while the records were made, then nothing is appended', async () => {
    await feed.feed({});
    const ranOut = new Lease(feed.store, 'lease', 0);
    expect(await publish({}, ranOut)).toEqual({ count: 0, more: false });
    expect(feed.topic().flat()).toEqual([]);
  });

  it('given a hole in the sequences, then nothing is published, and the error names it', async () => {
    await feed.feed(...studies(3));
    await feed.ports.file.write({ statements: [{ sql: 'DELETE FROM changes WHERE sequence = 2', params: [] }], durable: true });
    await expect(publish()).rejects.toThrow(/sequence 2 is missing/);
    expect(feed.topic().flat()).toEqual([]);
  });

  describe('with metadata in events', () => {
    const json = (bytes: number): Buffer => Buffer.from(`{"00100010":{"vr":"PN","Value":[{"Alphabetic":"${'x'.repeat(bytes)}"}]}}`);
    const metadataOf = async (): Promise<unknown[]> => {
      await publish({ metadataInEvents: true });
      return values().map(({ metadata }) => metadata);
    };

    it('given the version that is current, then its DICOM JSON, of an inline row or of an object', async () => {
      await feed.objects.put('metadata/large', json(300_000));
      await feed.putInstance('1', 'v', { metadata: json(3) });
      await feed.putInstance('2', 'v', { metadataKey: 'metadata/large' });
      await feed.feed({ study: '1' }, { study: '2' });
      const [small, large] = (await metadataOf()) as { '00100010': { Value: [{ Alphabetic: string }] } }[];
      expect(small).toEqual({ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'xxx' }] } });
      expect(large!['00100010'].Value[0].Alphabetic).toHaveLength(300_000);
    });

    it('given one that was replaced, a delete, one whose object is gone, or one too large for a record, then the event without it', async () => {
      await feed.objects.put('metadata/huge', json(600_000));
      await feed.putInstance('1', 'v2', { metadata: json(3) });
      await feed.putInstance('2', 'v', { metadata: json(3) });
      await feed.putInstance('3', 'v', { metadataKey: 'metadata/gone' });
      await feed.putInstance('4', 'v', { metadataKey: 'metadata/huge' });
      await feed.feed({ study: '1', version: 'v1' }, { study: '2', action: 'delete' }, { study: '3' }, { study: '4' }, { study: '5' });
      expect(await metadataOf()).toEqual([undefined, undefined, undefined, undefined, undefined]);
    });

    it('given many bytes, then an append stays below what a broker takes', async () => {
      for (let study = 1; study <= 8; study += 1) await feed.putInstance(String(study), 'v', { metadata: json(100_000) });
      await feed.feed(...studies(8));
      expect(await publish({ metadataInEvents: true })).toEqual({ count: 3, more: true });
    });
  });

  it('given the setting is off, then no event carries anything of the data set', async () => {
    await feed.putInstance('1', 'v', { metadata: Buffer.from('{"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jane"}]}}') });
    await feed.feed({ study: '1' });
    await publish();
    expect(JSON.stringify(feed.topic().flat().map(({ headers, value }) => [headers, value.toString()]))).not.toContain('Doe');
  });
});
