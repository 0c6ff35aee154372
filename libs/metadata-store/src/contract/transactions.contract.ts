import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { StudyRow } from '../rows.js';
import type { Outcome, Transaction, Write } from '../transaction.js';
import { insertCursor, insertDecision, moveCursor, plan, put, studyRow } from './rows.contract.js';

/** All or nothing, and rivals. `current` gives the store of the test that runs. */
export function describeTransactions(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const committed = async (...writes: Write[]): Promise<void> => expect(await commit(...writes)).toEqual({ committed: true });
  beforeEach(() => {
    store = current();
  });

  describe('a transaction', () => {
    it('given an insert of a key that exists, then it fails, names the write, and keeps the first row', async () => {
      await committed(insertCursor('a', 1));
      expect(await commit(insertCursor('b', 1), insertCursor('a', 2))).toEqual({ committed: false, failed: 1 });
      expect(await store.readCursor('a')).toEqual({ name: 'a', position: 1, detail: '' });
      expect(await store.readCursor('b')).toBeUndefined();
    });

    it('given an insert that breaks another unique key, then it fails as one', async () => {
      const insert = (key: number, partition: string): Write => ({ op: 'insert', table: 'partitions', row: { key, name: partition, createdAt: 'now' } });
      await committed(insert(2, 'b'));
      expect(await commit(insert(2, 'c'))).toEqual({ committed: false, failed: 0 });
      expect(await commit(insert(3, 'b'))).toEqual({ committed: false, failed: 0 });
    });

    it('given an update, then it holds only while the row exists and is as expected', async () => {
      expect(await commit(moveCursor('a', 0, 1))).toEqual({ committed: false, failed: 0 });
      await committed(insertCursor('a', 0));
      await committed(moveCursor('a', 0, 5));
      expect(await commit(insertCursor('b', 0), insertCursor('c', 0), moveCursor('a', 0, 6))).toEqual({ committed: false, failed: 2 });
      await committed({ op: 'update', table: 'cursors', key: { name: 'a' }, set: { detail: 'x' } });
      expect(await store.readCursor('a')).toEqual({ name: 'a', position: 5, detail: 'x' });
      expect(await store.readCursor('b')).toBeUndefined();
    });

    it('given an update that expects null, then a row with null is as expected', async () => {
      await committed(put.change());
      const number = (sequence: number): Write => ({ op: 'update', table: 'changes', key: { logPartition: 0, logOffset: 0, place: 0 }, expect: { sequence: null }, set: { sequence, timestamp: 't' } });
      await committed(number(1));
      expect(await commit(number(2))).toEqual({ committed: false, failed: 0 });
    });

    it('given a put, then the row is made, or replaced whole', async () => {
      await committed(put.study({ patientId: 'p', description: 'd' }));
      await committed(put.study({ patientId: 'q' }));
      expect(await store.findStudy(1, '1.1')).toEqual(studyRow({ patientId: 'q' }));
    });

    it('given a put of a row that is its key, then it may be there already', async () => {
      await committed(put.word('doe', '1.1', 1), put.word('doe', '1.1', 1));
    });

    it('given a remove, then the row is gone, and one that is not there is no failure', async () => {
      await committed(put.series(), put.series({ series: '1.1.2', ordinal: 2 }));
      await committed({ op: 'remove', table: 'series', key: { partition: 1, study: '1.1', series: '1.1.1' } }, { op: 'remove', table: 'series', key: { partition: 1, study: '9', series: '9' } });
      expect((await store.listSeries(1, '1.1')).map(({ series }) => series)).toEqual(['1.1.2']);
    });

    it('given a removeAll, then all rows of the prefix are gone and no others', async () => {
      await committed(put.series(), put.series({ series: '1.1.2', ordinal: 2 }), put.series({ study: '1.2', ordinal: 3 }), put.series({ partition: 2, ordinal: 4 }));
      await committed({ op: 'removeAll', table: 'series', where: { partition: 1, study: '1.1' } });
      expect(await store.listSeries(1, '1.1')).toEqual([]);
      expect(await store.listSeries(1, '1.2')).toHaveLength(1);
      expect(await store.listSeries(2, '1.1')).toHaveLength(1);
    });

    it('given writes of one row, then they happen in their order', async () => {
      await committed(put.study({ patientId: 'a' }), { op: 'remove', table: 'studies', key: { partition: 1, study: '1.1' } }, put.study({ patientId: 'b' }));
      expect((await store.findStudy(1, '1.1'))?.patientId).toBe('b');
      await committed(put.study({ patientId: 'c' }), { op: 'remove', table: 'studies', key: { partition: 1, study: '1.1' } });
      expect(await store.findStudy(1, '1.1')).toBeUndefined();
    });

    it('given a failing write at the end, then nothing of all the kinds of writes before it is there', async () => {
      await committed(put.study({ patientId: 'before' }), put.series(), insertCursor('a', 0));
      const outcome = await commit(put.study({ patientId: 'after' }), { op: 'removeAll', table: 'series', where: { partition: 1, study: '1.1' } }, put.instance(), moveCursor('a', 0, 1), insertDecision('c', 'd'), insertCursor('a', 0));
      expect(outcome).toEqual({ committed: false, failed: 5 });
      expect((await store.findStudy(1, '1.1'))?.patientId).toBe('before');
      expect(await store.listSeries(1, '1.1')).toHaveLength(1);
      expect(await store.findInstance(1, '1.1', '1.1.1', '1.1.1.1')).toBeUndefined();
      expect((await store.readCursor('a'))?.position).toBe(0);
      expect(await store.findDecisions(['c'])).toEqual([]);
    });

    it('given several writes whose conditions do not hold, in several tables, then the first of them is named', async () => {
      await committed(insertCursor('a', 0), insertCursor('b', 0), insertDecision('c', 'd'));
      expect(await commit(insertCursor('new', 0), insertDecision('c', 'e'), insertCursor('a', 0))).toEqual({ committed: false, failed: 1 });
      expect(await commit(moveCursor('a', 0, 1), moveCursor('b', 7, 8), insertDecision('c', 'e'))).toEqual({ committed: false, failed: 1 });
      expect(await commit(put.study(), moveCursor('a', 0, 1), insertDecision('f', 'e'), moveCursor('b', 7, 8), moveCursor('a', 0, 2))).toEqual({ committed: false, failed: 3 });
      expect((await store.readCursor('a'))?.position).toBe(0);
    });

    it('given updates of one row, then each sees what those before it did', async () => {
      await committed(insertCursor('a', 0));
      await committed(moveCursor('a', 0, 1), moveCursor('a', 1, 2));
      expect(await commit(moveCursor('a', 2, 3), moveCursor('a', 2, 4))).toEqual({ committed: false, failed: 1 });
      expect((await store.readCursor('a'))?.position).toBe(2);
    });

    it('given a row that the store refuses for its content, then the transaction is rejected as not retriable, and nothing is there', async () => {
      const wrong = { ...studyRow(), instanceCount: null } as unknown as StudyRow;
      await expect(commit(insertCursor('a', 0), { op: 'put', table: 'studies', row: wrong })).rejects.toMatchObject({ name: 'TransactionRefusedError', retriable: false });
      expect(await store.readCursor('a')).toBeUndefined();
    });

    it('given no writes, then it is committed', async () => {
      await committed();
    });

    it('given that durability is not asked for, then it is visible all the same', async () => {
      expect(await store.commit({ writes: [insertCursor('a', 3)], durable: false })).toEqual({ committed: true });
      expect((await store.readCursor('a'))?.position).toBe(3);
    });
  });

  describe('rivals', () => {
    const winners = async (transactions: readonly Transaction[]): Promise<number> => (await Promise.all(transactions.map((one) => store.commit(one)))).filter((outcome) => outcome.committed).length;

    it('given many transactions at once that move one row from the same place, then exactly one wins', async () => {
      await committed(insertCursor('next', 0));
      const rivals = Array.from({ length: 16 }, (_, at) => ({ writes: [moveCursor('next', 0, at + 1), put.instance({ sop: `sop ${at}`, ordinal: at })] }));
      expect(await winners(rivals)).toBe(1);
      const moved = await store.readCursor('next');
      expect((await store.listInstances({ partition: 1, study: '1.1' })).map(({ sop }) => sop)).toEqual([`sop ${moved!.position - 1}`]);
    });

    it('given many transactions at once that insert one key, then exactly one wins', async () => {
      expect(await winners(Array.from({ length: 16 }, (_, at) => ({ writes: [insertDecision('command', `by ${at}`)] })))).toBe(1);
    });

    it('given two transactions that each decide by a row that both must write, then there is no write skew', async () => {
      // Each may only take a place while none is taken: both read `free`, both would write another place.
      for (let round = 0; round < 20; round += 1) {
        const cursor = `places ${round}`;
        await committed(insertCursor(cursor, 0));
        const take = (place: string): Transaction => ({ writes: [put.change({ logPartition: round, logOffset: place === 'a' ? 0 : 1 }), moveCursor(cursor, 0, 1)] });
        expect(await winners([take('a'), take('b')])).toBe(1);
      }
      expect(await store.listUnnumberedChanges(100)).toHaveLength(20);
    });

    it('given two transactions that each hold still what the other moves, then there is no write skew', async () => {
      // Each sets what it expects again, which changes nothing: the store has to write all the same.
      for (let round = 0; round < 20; round += 1) {
        const names = [`left ${round}`, `right ${round}`] as const;
        await committed(insertCursor(names[0], 0), insertCursor(names[1], 0));
        const move = (still: string, moved: string): Transaction => ({ writes: [moveCursor(still, 0, 0), { op: 'update', table: 'cursors', key: { name: moved }, set: { position: 1 } }] });
        expect(await winners([move(names[0], names[1]), move(names[1], names[0])])).toBe(1);
      }
    });

    it('given a chain of transactions that each move the row on, then none is lost', async () => {
      await committed(insertCursor('count', 0));
      const addOne = async (): Promise<void> => {
        for (;;) {
          const { position } = (await store.readCursor('count'))!;
          if ((await commit(moveCursor('count', position, position + 1))).committed) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, addOne));
      expect((await store.readCursor('count'))?.position).toBe(20);
    });

    it('given a transaction that was reported committed, then every read sees it at once', async () => {
      for (let at = 1; at <= 50; at += 1) {
        await committed(put.study({ study: `1.${at}`, ordinal: at, patientId: 'p' }), put.instance({ study: `1.${at}`, ordinal: at }), put.change({ logOffset: at }));
        expect(await store.findStudy(1, `1.${at}`)).toBeDefined();
        expect((await store.search(plan({ limit: 1 })))[0]!.study).toBe(`1.${at}`);
        expect(await store.search(plan({ limit: 100 }))).toHaveLength(at);
        expect(await store.listInstances({ partition: 1, study: `1.${at}` })).toHaveLength(1);
        expect(await store.listUnnumberedChanges(100)).toHaveLength(at);
      }
    });
  });
}
