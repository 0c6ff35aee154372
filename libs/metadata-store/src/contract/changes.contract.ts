import { beforeEach, describe, expect, it } from '@jest/globals';
import type { InstanceVersion, MetadataStore } from '../metadata-store.js';
import type { Outcome, Write } from '../transaction.js';
import { insertCursor, put } from './rows.contract.js';

/** Changes with and without a number, and work that is due. `current` gives the store of the test that runs. */
export function describeChanges(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const committed = async (...writes: Write[]): Promise<void> => expect(await commit(...writes)).toEqual({ committed: true });
  beforeEach(() => {
    store = current();
  });

  describe('changes', () => {
    it('given ones without a number, then they are in the order of their log partition', async () => {
      await committed(put.change({ logPartition: 1, logOffset: 2 }), put.change({ logPartition: 0, logOffset: 10 }), put.change({ logPartition: 0, logOffset: 9, place: 1 }), put.change({ logPartition: 0, logOffset: 9, place: 0 }), put.change({ logPartition: 1, logOffset: 1, sequence: 1, timestamp: 't' }));
      expect((await store.listUnnumberedChanges(100)).map(({ logPartition, logOffset, place }) => [logPartition, logOffset, place])).toEqual([[0, 9, 0], [0, 9, 1], [0, 10, 0], [1, 2, 0]]);
      expect(await store.listUnnumberedChanges(2)).toHaveLength(2);
    });

    describe('with numbers', () => {
      const at = (sequence: number): string => `2026-01-01T00:00:00.${String(sequence * 10).padStart(7, '0')}Z`;
      beforeEach(async () => {
        await committed(put.instance({ version: 'v3' }), ...[1, 2, 3, 4, 5].map((sequence) => put.change({ logOffset: sequence, sequence, timestamp: at(sequence), version: `v${sequence}` })), put.change({ logOffset: 6, sop: 'gone', sequence: 6, timestamp: at(6), action: 'delete' }), put.change({ logOffset: 7 }));
      });
      const sequences = (rows: readonly { sequence: number }[]): number[] => rows.map(({ sequence }) => sequence);

      it('given a window, then its changes in order', async () => {
        expect(sequences(await store.listChanges({ after: 0, limit: 100 }))).toEqual([1, 2, 3, 4, 5, 6]);
        expect(sequences(await store.listChanges({ after: 2, upTo: 4, limit: 100 }))).toEqual([3, 4]);
        expect(sequences(await store.listChanges({ after: 2, limit: 2 }))).toEqual([3, 4]);
        expect(await store.listChanges({ after: 6, limit: 10 })).toEqual([]);
      });

      it('given an entry, then it says what the instance is now', async () => {
        const [first, ...others] = await store.listChanges({ after: 0, limit: 10 });
        expect(first).toMatchObject({ partitionName: 'Microsoft.Default', version: 'v1', currentVersion: 'v3', action: 'create', timestamp: at(1) });
        expect(others.at(-1)).toMatchObject({ sop: 'gone', currentVersion: null });
      });

      it('given a time, then the first sequence at or after it', async () => {
        expect(await store.sequenceAt(at(3))).toBe(3);
        expect(await store.sequenceAt('2026-01-01T00:00:00.0000031Z')).toBe(4);
        expect(await store.sequenceAt('2000-01-01T00:00:00.0000000Z')).toBe(1);
        expect(await store.sequenceAt('2027-01-01T00:00:00.0000000Z')).toBeUndefined();
      });

      it('then the latest is the one with the highest number', async () => {
        expect(await store.latestChange()).toMatchObject({ sequence: 6, currentVersion: null });
      });

      it('given a number that is given already, then the second transaction does not happen', async () => {
        const number: Write = { op: 'update', table: 'changes', key: { logPartition: 0, logOffset: 7, place: 0 }, expect: { sequence: null }, set: { sequence: 6, timestamp: at(7) } };
        await expect(commit(number)).rejects.toMatchObject({ name: 'TransactionRefusedError' });
        expect(await store.listUnnumberedChanges(10)).toHaveLength(1);
      });
    });

    it('given versions, then those are known that are stored, that were, or whose change has no number yet', async () => {
      const of = (version: string, sop = '1.1.1.1'): InstanceVersion => ({ partition: 1, study: '1.1', series: '1.1.1', sop, version });
      await committed(
        put.instance({ version: 'stored' }), put.change({ logOffset: 1, sequence: 1, timestamp: 't', version: 'replaced' }), put.change({ logOffset: 2, sop: 'gone', action: 'delete', version: 'deleted' }), put.change({ logOffset: 3, sop: 'other', version: 'new' }),
      );
      const asked = [of('stored'), of('replaced'), of('deleted', 'gone'), of('new', 'other'), of('unknown'), of('unknown too', 'nobody'), { ...of('of no partition'), partition: 0 }];
      expect([...(await store.findKnownVersions(asked))].sort()).toEqual(['deleted', 'new', 'replaced', 'stored']);
      expect(await store.findKnownVersions([of('stored', 'other')])).toEqual(new Set());
      expect(await store.findKnownVersions([])).toEqual(new Set());
      const many = Array.from({ length: 1_000 }, (_, at) => of(`v${at}`, `1.${at}`));
      expect(await store.findKnownVersions([...many.slice(1), of('stored')])).toEqual(new Set(['stored']));
    });

    it('given versions, then the changes that brought or took them, numbered or not', async () => {
      await committed(
        put.change({ logOffset: 1, sequence: 1, timestamp: 't', version: 'a' }), put.change({ logOffset: 2, version: 'a', action: 'delete' }), put.change({ logOffset: 3, version: 'b' }), put.change({ logOffset: 4, version: 'c' }),
      );
      const found = await store.listVersionChanges(['a', 'c', 'unknown']);
      expect(found.map(({ version, action, logOffset, sequence }) => [version, action, logOffset, sequence]).sort()).toEqual([['a', 'create', 1, 1], ['a', 'delete', 2, null], ['c', 'create', 4, null]]);
      expect(await store.listVersionChanges([])).toEqual([]);
      expect(await store.listVersionChanges(Array.from({ length: 1_000 }, (_, at) => (at === 500 ? 'b' : `v${at}`)))).toHaveLength(1);
    });

    it('given none, then there is no latest', async () => {
      await committed(put.change());
      expect(await store.latestChange()).toBeUndefined();
    });

    it('given a listener, then commits with changes call it, others do not, and it can go', async () => {
      let calls = 0;
      const stop = store.onChanges(() => (calls += 1));
      await committed(insertCursor('a', 1));
      expect(calls).toBe(0);
      await committed(put.change());
      expect(calls).toBe(1);
      stop();
      await committed(put.change({ logOffset: 1 }));
      expect(calls).toBe(1);
    });
  });

  describe('work that is due', () => {
    it('given rows, then those of the kind whose time has come, the oldest first', async () => {
      const due = (id: string, notBefore: number, kind: 'remove-objects' | 'send-command' = 'remove-objects'): Write => ({ op: 'put', table: 'due', row: { id, kind, notBefore, payload: id } });
      await committed(due('b', 20), due('a', 10), due('later', 31), due('other', 5, 'send-command'), due('c', 30));
      expect((await store.listDue('remove-objects', 30, 10)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
      expect((await store.listDue('remove-objects', 30, 2)).map(({ id }) => id)).toEqual(['a', 'b']);
      await committed({ op: 'remove', table: 'due', key: { id: 'a' } });
      expect((await store.listDue('remove-objects', 10, 10))).toEqual([]);
      expect((await store.listDue('send-command', 30, 10)).map(({ id }) => id)).toEqual(['other']);
    });

    it('given dooms, then those of the study', async () => {
      const doom = (id: string, study: string, partition = 1): Write => ({ op: 'put', table: 'dooms', row: { id, partition, study, series: '', sop: '', belowOrdinal: 7 } });
      await committed(doom('a', '1.1'), doom('b', '1.1'), doom('c', '1.2'), doom('d', '1.1', 2));
      expect((await store.listDooms(1, '1.1')).map(({ id }) => id).sort()).toEqual(['a', 'b']);
      await committed({ op: 'remove', table: 'dooms', key: { id: 'a' } });
      expect(await store.listDooms(1, '1.1')).toEqual([{ id: 'b', partition: 1, study: '1.1', series: '', sop: '', belowOrdinal: 7 }]);
    });
  });
}
