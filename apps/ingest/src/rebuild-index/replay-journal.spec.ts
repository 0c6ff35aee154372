import { changeLine, partitionLine } from '@isocenter/journal';
import { FEED_JOURNAL, FEED_LAST, REBUILD, type ChangeRow, type Write } from '@isocenter/metadata-store';
import { FilesObjectStore, segmentKey } from '@isocenter/object-store';
import { newOperation } from '@isocenter/operations';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { RebuildContext } from './rebuild-context.js';
import { NOTHING_YET, type RebuildProgress } from './rebuild-progress.js';
import { replayJournal } from './replay-journal.js';
import type { RestorationFacts } from './version-facts.js';

interface Told {
  readonly sop: string;
  readonly version: string;
  readonly action?: ChangeRow['action'];
  readonly replaces?: string;
  readonly original?: object;
  /** 'unknown': it is not said where the object is. */
  readonly size?: 'unknown';
}

describe('replayJournal', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    const operation = { ...newOperation({ type: 'rebuild-index', request: {}, createdBy: '' }), id: 'op', status: 'running' as const };
    await commit({ op: 'put', table: 'cursors', row: { name: REBUILD, position: 0, detail: 'replaying' } }, { op: 'insert', table: 'operations', row: operation });
  });
  afterEach(async () => {
    await objects.close();
    await ports.close();
  });

  const commit = (...writes: Write[]): Promise<unknown> => ports.store.commit({ writes });
  let told = 0;
  beforeEach(() => {
    told = 0;
  });
  /** A segment of the journal. */
  const tell = async (...changes: readonly Told[]): Promise<void> => {
    const first = told + 1;
    const lines = changes.map(({ sop, version, action = 'create', replaces, original, size }) => {
      told += 1;
      const detail = action === 'delete' || size ? {} : { objectKey: `${version}.dcm`, size: 5, sha256: version, storedBy: 'me', storedAt: 'then', ordinals: [1, 2, told], replaces, original, ...(action === 'update' && { updateId: 'u' }) };
      return changeLine({ sequence: told, timestamp: `2026-01-01T00:00:00.000000${told}Z`, partitionName: 'ward', study: '1', series: '2', sop, version, action, decidedAt: told, detail: JSON.stringify(detail), logPartition: 0, logOffset: 0, place: 0, partition: 2, currentVersion: null });
    });
    await objects.put(segmentKey({ first, last: told }), Buffer.from([...(first === 1 ? [partitionLine({ key: 2, name: 'ward', createdAt: 'then' })] : []), ...lines, ''].join('\n')));
  };
  const step = (signal = new AbortController().signal) => replayJournal({ ...NOTHING_YET, phase: 'replay', journalEnd: told }, { ports: { store: ports.store, objects }, options: { graceMs: 0 }, operation: { id: 'op' }, signal } as unknown as RebuildContext);
  const replay = async (): Promise<Partial<RebuildProgress> | undefined> => {
    let last;
    do last = await step();
    while (last && last.phase !== 'restore');
    return last;
  };
  const restorations = async (): Promise<[string, string, string | undefined][]> => (await ports.store.listRestorations(undefined, 100)).map(({ sop, version, facts }) => [sop, version, (JSON.parse(facts) as RestorationFacts).original?.version]);
  const due = async (): Promise<string[]> => (await ports.store.listDue('remove-objects', Date.now() + 1, 100)).map(({ payload }) => (JSON.parse(payload) as { keys: string[] }).keys[0]!).sort();
  const feed = async (): Promise<[number, string, string][]> => (await ports.store.listChanges({ after: 0, limit: 100 })).map(({ sequence, timestamp, version }) => [sequence, timestamp, version]);

  it('given stores, replacements, updates and deletes, then the versions that they leave are awaited, and the objects of all others are due', async () => {
    await tell({ sop: 'kept', version: 'a' }, { sop: 'replaced', version: 'b' }, { sop: 'updated', version: 'c' }, { sop: 'deleted', version: 'd' });
    await tell({ sop: 'replaced', version: 'e', replaces: 'b' }, { sop: 'updated', version: 'f', action: 'update', replaces: 'c' }, { sop: 'deleted', version: 'd', action: 'delete' });
    await tell({ sop: 'updated', version: 'g', action: 'update', replaces: 'f' });
    expect(await replay()).toMatchObject({ phase: 'restore', journalEndedAt: 8 });
    expect(await restorations()).toEqual([['kept', 'a', undefined], ['replaced', 'e', undefined], ['updated', 'g', 'c']]);
    expect(await due()).toEqual(['b.dcm', 'd.dcm', 'f.dcm']);
    expect((await feed()).map(([sequence]) => sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await Promise.all([FEED_LAST, FEED_JOURNAL, REBUILD].map((name) => ports.store.readCursor(name)))).toMatchObject([{ position: 8, detail: '2026-01-01T00:00:00.0000008Z' }, { position: 8, detail: '2' }, { position: 8, detail: 'restoring' }]);
    expect(await ports.store.findPartition('ward')).toEqual({ key: 2, name: 'ward', createdAt: 'then' });
  });

  it('given an updated instance that is deleted, and stored again, then neither what was sent first nor what was made of it is awaited', async () => {
    await tell({ sop: 's', version: 'a' }, { sop: 's', version: 'b', action: 'update', replaces: 'a' }, { sop: 's', version: 'b', action: 'delete' }, { sop: 's', version: 'c' });
    await replay();
    expect([await restorations(), await due()]).toEqual([[['s', 'c', undefined]], ['a.dcm', 'b.dcm']]);
  });

  it('given one that was broken off, then it goes on, and nothing is there twice', async () => {
    await tell({ sop: '1', version: 'a' }, { sop: '2', version: 'b' });
    await tell({ sop: '3', version: 'c' });
    await step();
    // Of another process that was paused meanwhile.
    await commit({ op: 'update', table: 'cursors', key: { name: REBUILD }, set: { position: 1 } });
    expect(await step()).toBeUndefined();
    await commit({ op: 'update', table: 'cursors', key: { name: REBUILD }, set: { position: 2 } });
    expect(await step(AbortSignal.abort())).toBeUndefined();
    await replay();
    expect((await feed()).map(([, , version]) => version)).toEqual(['a', 'b', 'c']);
    expect(await restorations()).toHaveLength(3);
  });

  it('given all changes brought back by a rebuild before, then it knows when the journal ended', async () => {
    await tell({ sop: '1', version: 'a' }, { sop: '2', version: 'b' });
    await replay();
    await commit({ op: 'update', table: 'cursors', key: { name: REBUILD }, set: { detail: 'replaying' } });
    expect(await step()).toMatchObject({ phase: 'restore', journalEndedAt: 2 });
  });

  it('given a change that was decided again because its command was still in the log, then it gets its own number, and is there once', async () => {
    await tell({ sop: '1', version: 'a' }, { sop: '2', version: 'b' });
    await commit({ op: 'insert', table: 'partitions', row: { key: 2, name: 'ward', createdAt: 'now' } }, { op: 'insert', table: 'changes', row: { logPartition: 3, logOffset: 9, place: 0, partition: 2, study: '1', series: '2', sop: '2', version: 'b', action: 'create', decidedAt: 1, detail: '{}', sequence: null, timestamp: null } });
    await replay();
    expect(await feed()).toEqual([[1, '2026-01-01T00:00:00.0000001Z', 'a'], [2, '2026-01-01T00:00:00.0000002Z', 'b']]);
    expect(await ports.store.listUnnumberedChanges(10)).toEqual([]);
  });

  it('given an update that a check announced again, then what it says of the original counts, with or without a change before it', async () => {
    const original = { version: 'first', objectKey: 'first.dcm', size: 5, sha256: 'first' };
    await tell({ sop: '1', version: 'b', action: 'update', original }, { sop: '2', version: 'c' }, { sop: '2', version: 'd', action: 'update' }, { sop: '3', version: 'e', action: 'update' });
    expect(await replay()).toMatchObject({ phase: 'restore' });
    expect(await restorations()).toEqual([['1', 'b', 'first'], ['2', 'd', 'c'], ['3', 'e', undefined]]);
    expect(await due()).toEqual([]);
  });

  it('given changes that contradict those before, then it says which, and goes on', async () => {
    await tell({ sop: '1', version: 'a' }, { sop: '1', version: 'c', action: 'update', replaces: 'b' }, { sop: '2', version: 'd', size: 'unknown' }, { sop: '3', version: 'e' });
    expect(await step()).toMatchObject({ changes: 4, failed: 2, failures: ['1/2/1: The change 2 is of a version that the journal does not tell of.', '1/2/2: The journal does not say where the object of the change 3 is.'] });
    expect(await replay()).toMatchObject({ phase: 'restore' });
    expect(await restorations()).toEqual([['1', 'c', 'a'], ['3', 'e', undefined]]);
  });

  it.each([{ key: 2, name: 'other' }, { key: 3, name: 'ward' }])('given metadata that have another partition in the place of one of the journal, %j, then it says so', async (other) => {
    await commit({ op: 'insert', table: 'partitions', row: { ...other, createdAt: 'now' } });
    await tell({ sop: '1', version: 'a' });
    await expect(replay()).rejects.toThrow(`The metadata have the partition ${other.key} '${other.name}', and the journal the partition 2 'ward'`);
  });
});
