import { NEVER_UPDATED, type InstanceMetadataRow, type InstanceRow, type SeriesRow, type StudyRow, type Write } from '@isocenter/metadata-store';
import { FilesObjectStore } from '@isocenter/object-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { digestChanges, digestStudy, NO_ANSWERS } from './digest-answers.js';

const key = { partition: 1, study: '1', series: '2', sop: '3' };
const study: StudyRow = {
  partition: 1, study: '1', ordinal: 10, patientId: 'p', patientName: null, birthDate: null, accessionNumber: null, referringPhysician: null, studyDate: null, studyTime: null, studyId: null, description: null,
  words: '[[],[]]', newestSet: 's', modalities: '', seriesCount: 1, instanceCount: 1, azureDefault: '', attributes: '', tags: null,
};
const series: SeriesRow = { partition: 1, study: '1', series: '2', ordinal: 11, modality: null, manufacturerModel: null, performedStartDate: null, seriesNumber: null, description: null, instanceCount: 1, newestSet: 's', azureDefault: '', attributes: '', tags: null };
const instance: InstanceRow = {
  ...key, ordinal: 12, version: 'v', objectKey: 'k.dcm', size: 1, sha256: 'h', transferSyntax: '', sopClass: '', instanceNumber: 1, storedBy: 'me', storedAt: 'then', frameCount: 1, studySet: 's', seriesSet: 's', attributes: '', ...NEVER_UPDATED,
};
const metadata: InstanceMetadataRow = { ...key, version: 'v', metadata: Buffer.from('{"a":1}'), metadataKey: null, marks: Buffer.alloc(0), frameTable: Buffer.from('f'), frameTableKey: null, bulk: '[]' };

describe('the digest of answers', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
  });
  afterEach(async () => {
    await objects.close();
    await ports.close();
  });

  const put = (...writes: Write[]): Promise<unknown> => ports.store.commit({ writes });
  const digestOf = async (over: { study?: Partial<StudyRow>; instance?: Partial<InstanceRow>; metadata?: Partial<InstanceMetadataRow> } = {}): Promise<string> => {
    const row = { ...study, ...over.study };
    await put({ op: 'put', table: 'studies', row }, { op: 'put', table: 'series', row: series }, { op: 'put', table: 'instances', row: { ...instance, ...over.instance } }, { op: 'put', table: 'instanceMetadata', row: { ...metadata, ...over.metadata } });
    const { digest, count } = await digestStudy(row, [], NO_ANSWERS, { store: ports.store, objects });
    expect(count).toBe(1);
    return digest;
  };

  it('given a study that answers something else, then it is another one', async () => {
    const before = await digestOf();
    const others = [await digestOf({ study: { patientId: 'q' } }), await digestOf({ instance: { version: 'w' } }), await digestOf({ metadata: { metadata: Buffer.from('{"a":2}') } }), await digestOf({ metadata: { frameTable: Buffer.from('g') } })];
    expect(new Set([before, ...others]).size).toBe(5);
    expect(await digestOf()).toBe(before);
  });

  it('given what no answer tells of, then it is the same', async () => {
    expect(await digestOf({ study: { ordinal: 20, newestSet: 't' }, instance: { ordinal: 30, storedAt: 'now', studySet: 't', seriesSet: 't' } })).toBe(await digestOf());
  });

  it('given metadata that are an object, then their bytes count', async () => {
    for (const [name, bytes] of [['a', '1'], ['b', '2']] as const) await objects.put(`${name}.metadata`, Buffer.from(bytes));
    expect(await digestOf({ metadata: { metadata: null, metadataKey: 'a.metadata' } })).not.toBe(await digestOf({ metadata: { metadata: null, metadataKey: 'b.metadata' } }));
  });

  it('given changes page by page, then each counts, and behind the last one it stays what it is', async () => {
    const change = (sequence: number): Write => ({ op: 'insert', table: 'changes', row: { ...key, logPartition: 0, logOffset: sequence, place: 0, version: 'v', action: 'create', decidedAt: 1, detail: '{}', sequence, timestamp: `2026-01-01T00:00:00.000000${sequence}Z` } });
    await put(change(1), change(2), change(3));
    const first = await digestChanges(0, 2, NO_ANSWERS, ports);
    const second = await digestChanges(2, 2, first.digest, ports);
    expect([first.count, second.count]).toEqual([2, 1]);
    expect(await digestChanges(3, 2, second.digest, ports)).toEqual({ digest: second.digest, count: 0 });
    expect(first.digest).not.toBe(second.digest);
  });
});
