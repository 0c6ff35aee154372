import type { RemoveObjectsWork } from '@isocenter/commands';
import { NEVER_UPDATED, type InstanceRow, type Write } from '@isocenter/metadata-store';
import { ByteBudget, FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { createLogger } from '@isocenter/telemetry';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import 'reflect-metadata';
import type { IngestOptions } from '../ingest-options.js';
import { ReleaseObjects } from './release-objects.js';

/** The work with the real store and objects; two of it, as two replicas have. */
describe('ReleaseObjects', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let replicas: ReleaseObjects[];

  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    await ports.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'p', createdAt: 'then' } }] });
    const options = { log: createLogger({ level: 'silent', service: 'ingest' }), budget: new ByteBudget(1) } as unknown as IngestOptions;
    replicas = [new ReleaseObjects(ports.store, objects, options), new ReleaseObjects(ports.store, objects, options)];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.onApplicationShutdown();
    await objects.close();
    await ports.close();
  });

  const instance = { partition: 2, study: '1', series: '1', sop: '1' };
  const keyOf = (version: string): string => instanceKey({ partition: 'p', studyInstanceUid: '1', seriesInstanceUid: '1', sopInstanceUid: '1' }, version);
  const rowOf = (version: string): InstanceRow => ({
    ...instance, version, objectKey: keyOf(version), ordinal: 1, size: 3, sha256: '', transferSyntax: '', sopClass: '', instanceNumber: null,
    storedBy: '', storedAt: '', frameCount: 0, studySet: '', seriesSet: '', attributes: '{}', ...NEVER_UPDATED,
  });
  /** A due row of a version, with its object and what lies beside it. */
  const given = async (version: string, notBefore = 0, partition = instance.partition): Promise<void> => {
    const key = keyOf(version);
    for (const one of [key, key.replace('.dcm', '.metadata')]) await objects.put(one, Buffer.from(version));
    const work: RemoveObjectsWork = { version, keys: [key], instance: { ...instance, partition } };
    const due: Write = { op: 'insert', table: 'due', row: { id: `remove/${version}`, kind: 'remove-objects', notBefore, payload: JSON.stringify(work) } };
    expect(await ports.store.commit({ writes: [due] })).toEqual({ committed: true });
  };
  const left = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of objects.list('')) keys.push(key);
    return keys;
  };
  const dueLater = (): Promise<unknown[]> => ports.store.listDue('remove-objects', Number.MAX_SAFE_INTEGER, 10_000);
  const runAll = (): Promise<void[]> => Promise.all(replicas.map((replica) => replica.run()));

  it('given more versions that are due than one step takes, when two replicas remove them, then all are gone with what lies beside them', async () => {
    for (let i = 0; i < 250; i += 1) await given(`v${i}`);
    await runAll();
    expect([await left(), await dueLater()]).toEqual([[], []]);
  });

  it('given a version that is not due yet, then it stays', async () => {
    await given('later', Date.now() + 60_000);
    await runAll();
    expect([(await left()).length, (await dueLater()).length]).toEqual([2, 1]);
  });

  it('given a row of the version that is stored now, then the row goes and the object stays', async () => {
    await ports.store.commit({ writes: [{ op: 'put', table: 'instances', row: rowOf('now') }] });
    await given('now');
    await runAll();
    expect([(await left()).length, await dueLater()]).toEqual([2, []]);
  });

  it('given a version that was refused when nobody knew its partition, and was brought back since, then the object stays', async () => {
    await ports.store.commit({ writes: [{ op: 'put', table: 'instances', row: rowOf('back') }] });
    // Its change is back; its object could not be read.
    await ports.store.commit({ writes: [{ op: 'insert', table: 'changes', row: { logPartition: -1, logOffset: 1, place: 0, ...instance, version: 'failed', action: 'create', decidedAt: 1, detail: '{}', sequence: 1, timestamp: 'then' } }] });
    for (const version of ['back', 'failed', 'never']) await given(version, 0, 0);
    await runAll();
    expect([(await left()).filter((key) => key.endsWith('.dcm')), await dueLater()]).toEqual([[keyOf('back'), keyOf('failed')], []]);
  });

  it('given rows of an updated instance and of its original, then both objects stay, and they go when the instance is deleted', async () => {
    const row: InstanceRow = {
      ...rowOf('latest'), updateId: 'o', originalVersion: 'first', originalObjectKey: keyOf('first'), originalSize: 3, originalSha256: '',
    };
    await ports.store.commit({ writes: [{ op: 'put', table: 'instances', row }] });
    for (const version of ['latest', 'first', 'between']) await given(version);
    await runAll();
    expect((await left()).filter((key) => key.endsWith('.dcm')).sort()).toEqual([keyOf('first'), keyOf('latest')].sort());
    await ports.store.commit({ writes: [{ op: 'remove', table: 'instances', key: instance }] });
    for (const version of ['latest', 'first']) await ports.store.commit({ writes: [{ op: 'insert', table: 'due', row: { id: `again/${version}`, kind: 'remove-objects', notBefore: 0, payload: JSON.stringify({ version, keys: [keyOf(version)], instance } satisfies RemoveObjectsWork) } }] });
    await runAll();
    expect(await left()).toEqual([]);
  });
});
