import { encodeDecision, type Decision } from '@isocenter/commands';
import { FEED_JOURNAL, FEED_LAST, NEVER_UPDATED, type ChangeRow, type CursorRow, type InstanceRow, type Write } from '@isocenter/metadata-store';
import { FilesObjectStore, instanceKey, segmentKey, type ObjectStore } from '@isocenter/object-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sweepPage } from './sweep-page.js';

const HOUR = 3_600_000;
const DEFAULT_PARTITION = 'Microsoft.Default';

/** With the real store and objects. */
describe('the sweep', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let removed: number;

  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    removed = 0;
  });
  afterEach(async () => {
    await objects.close();
    await ports.close();
  });

  const step = (store: ObjectStore = objects): Promise<boolean> => sweepPage(ports.store, store, { ageMs: HOUR, onRemoved: (count) => (removed += count) });
  const sweep = async (): Promise<void> => {
    while (await step());
  };
  const age = async (key: string, ms: number): Promise<void> => {
    const at = new Date(Date.now() - ms);
    await utimes(join(ports.folder, 'objects', key), at, at);
  };
  const put = async (key: string, ageMs = 2 * HOUR): Promise<string> => {
    await objects.put(key, Buffer.from('bytes'));
    await age(key, ageMs);
    return key;
  };
  const keyOf = (version: string, sop = '1.1.1.1', partition = DEFAULT_PARTITION): string => instanceKey({ partition, studyInstanceUid: '1.1', seriesInstanceUid: '1.1.1', sopInstanceUid: sop }, version);
  const commit = async (...writes: Write[]): Promise<void> => expect(await ports.store.commit({ writes })).toEqual({ committed: true });
  const cursor = (row: CursorRow): Write => ({ op: 'put', table: 'cursors', row });
  const decided = (version: string, decision: Decision): Write => ({ op: 'insert', table: 'decisions', row: { commandId: version, decision: encodeDecision(decision), decidedAt: Date.now() } });
  const stored = (version: string): Write => ({ op: 'put', table: 'instances', row: {
    partition: 1, study: '1.1', series: '1.1.1', sop: '1.1.1.1', ordinal: 1, version, objectKey: keyOf(version), size: 5, sha256: '', transferSyntax: '', sopClass: '', instanceNumber: null,
    storedBy: '', storedAt: '', frameCount: 0, studySet: '', seriesSet: '', attributes: '', ...NEVER_UPDATED } satisfies InstanceRow });
  const changed = (version: string, logOffset: number): Write => ({ op: 'put', table: 'changes', row: {
    logPartition: 0, logOffset, place: 0, partition: 1, study: '1.1', series: '1.1.1', sop: '1.1.1.1', version, action: 'create', decidedAt: 1, detail: '{}', sequence: null, timestamp: null } satisfies ChangeRow });
  const left = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of objects.list('')) keys.push(key);
    return keys;
  };

  it('given objects that a row or a change knows, and old ones that nothing does, then the latter go with what lies beside them', async () => {
    const kept = [await put(keyOf('current')), await put(keyOf('replaced')), await put(keyOf('current').replace('.dcm', '.metadata'))];
    await commit(stored('current'), changed('replaced', 1));
    await put(keyOf('orphan'));
    await put(keyOf('orphan').replace('.dcm', '.frames'));
    await put(keyOf('alone').replace('.dcm', '.metadata'));
    await put(keyOf('nobody', '1.9', 'no such partition'));
    await sweep();
    expect(await left()).toEqual([...kept].sort());
    expect(removed).toBe(4);
  });

  it('given an instance that was updated, then its original stays as long as the row names it', async () => {
    const kept = [await put(keyOf('latest')), await put(keyOf('first'))];
    const write = stored('latest') as Extract<Write, { table: 'instances'; op: 'put' }>;
    await commit({ ...write, row: { ...write.row, originalVersion: 'first', originalObjectKey: keyOf('first') } }, decided('accepted', { kind: 'updated', version: 'accepted' }));
    kept.push(await put(keyOf('accepted')));
    await sweep();
    expect(await left()).toEqual(kept.sort());
  });

  it('given an orphan that is young, then it stays until it is old', async () => {
    const key = await put(keyOf('young'), HOUR / 2);
    await sweep();
    expect(await left()).toEqual([key]);
  });

  it('given an uploader that was paused behind its object, when the object is swept, then its command can no longer be accepted', async () => {
    await put(keyOf('paused'));
    await sweep();
    expect(await left()).toEqual([]);
    expect(await ports.store.commit({ writes: [decided('paused', { kind: 'created', version: 'paused' })] })).toMatchObject({ committed: false });
  });

  it('given a version that is accepted while it is looked at, then its object stays; given one that was refused, then its object goes', async () => {
    const kept = await put(keyOf('accepted'));
    await put(keyOf('late'));
    await put(keyOf('conflict'));
    await commit(decided('accepted', { kind: 'replaced', version: 'accepted' }), decided('late', { kind: 'late' }), decided('conflict', { kind: 'conflict', version: 'x' }));
    await sweep();
    expect(await left()).toEqual([kept]);
  });

  it('given what is no object of an instance, then it stays', async () => {
    const keys = [await put('journal/0000000000000001-0000000000000002.ndjson'), await put('something/else.dcm')];
    await commit(cursor({ name: FEED_LAST, position: 2, detail: '' }));
    await sweep();
    expect(await left()).toEqual(keys);
  });

  it('given partitions that are called as the folders of the archive are, then their objects are swept as those of others', async () => {
    const names = ['journal', 'undecided', 'quarantine', 'query-tags', 'reports'];
    const kept = [await put('journal/0000000000000001-0000000000000002.ndjson')];
    await commit(cursor({ name: FEED_LAST, position: 2, detail: '' }));
    for (const name of names) {
      kept.push(await put(`${name}~/${keyOf('moved', '1', name)}`), await put(keyOf(`kept in ${name}`, '1.1.1.1', name)));
      await commit(changed(`kept in ${name}`, names.indexOf(name)));
      await put(keyOf('orphan', '2', name));
    }
    await sweep();
    expect(await left()).toEqual([...kept].sort());
    expect(removed).toBe(names.length);
  });

  it('given metadata that were brought back from before the journal\'s end, then nothing goes, and it says so', async () => {
    const keys = [await put(keyOf('orphan'))];
    for (const range of [{ first: 1, last: 7 }, { first: 8, last: 9 }]) keys.push(await put(segmentKey(range)));
    await commit(cursor({ name: FEED_JOURNAL, position: 7, detail: '1' }), cursor({ name: FEED_LAST, position: 8, detail: '' }));
    await expect(step()).rejects.toThrow('The journal tells of changes up to 9, and the metadata know them up to 8');
    expect(await left()).toEqual([...keys].sort());
    await commit(cursor({ name: FEED_LAST, position: 9, detail: '' }));
    await sweep();
    expect(await left()).toEqual(keys.slice(1));
  });

  it('given more objects than a page, then page after page, each taken by one of two replicas', async () => {
    const kept: string[] = [];
    for (let at = 0; at < 1_100; at += 1) await put(keyOf(`v${at}`, `1.${at}`));
    for (let at = 0; at < 10; at += 1) kept.push(await put(keyOf(`k${at}`, `1.${at}`)));
    await commit(...kept.map((_, at) => changed(`k${at}`, at)));
    await Promise.all([sweep(), sweep()]);
    expect(await left()).toEqual([...kept].sort());
    expect(removed).toBe(1_100);
  });

  it('given a pass that has ended, then the next begins when it is due, and not before', async () => {
    await sweep();
    await put(keyOf('later'));
    await sweep();
    expect(await left()).toHaveLength(1);
    await commit({ op: 'update', table: 'cursors', key: { name: 'ingest/sweep' }, set: { position: Date.now() - HOUR } });
    await sweep();
    expect(await left()).toEqual([]);
  });

  it('given that the objects cannot be removed, then the next pass does it', async () => {
    await put(keyOf('orphan'));
    const failing = Object.assign(Object.create(objects) as ObjectStore, { remove: () => Promise.reject(new Error('away')), list: objects.list.bind(objects) });
    await expect(step(failing)).rejects.toThrow('away');
    await commit({ op: 'update', table: 'cursors', key: { name: 'ingest/sweep' }, set: { position: 0 } });
    await sweep();
    expect(await left()).toEqual([]);
  });
});
