import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MongoUnderTest } from '../../test/mongo-under-test.js';
import { insertCursor, insertDecision, moveCursor, plan, put, studyRow } from '../contract/rows.contract.js';
import { describeMetadataStore } from '../metadata-store.contract.js';
import type { StudyRow } from '../rows.js';
import type { MongoMetadataStore } from './mongo-metadata-store.js';

const mongo = new MongoUnderTest();
afterAll(() => mongo.close());

describeMetadataStore('MongoDB', async () => {
  await mongo.empty();
  const store = await mongo.open();
  return { store, close: () => store.close() };
});

describe('Several processes on one database', () => {
  let one: MongoMetadataStore;
  let other: MongoMetadataStore;
  beforeEach(async () => {
    await mongo.empty();
    [one, other] = await Promise.all([mongo.open(), mongo.open()]);
  });

  it('given a transaction of one that was reported committed, then every read of the other sees it', async () => {
    for (let at = 1; at <= 50; at += 1) {
      const writer = at % 2 === 0 ? one : other;
      const reader = at % 2 === 0 ? other : one;
      expect(await writer.commit({ writes: [put.study({ study: `1.${at}`, ordinal: at }), put.change({ logOffset: at })] })).toEqual({ committed: true });
      expect((await reader.search(plan({ limit: 1 })))[0]!.study).toBe(`1.${at}`);
      expect(await reader.listUnnumberedChanges(100)).toHaveLength(at);
    }
  });

  it('given transactions of both that move one row from the same place, then exactly one wins', async () => {
    await one.commit({ writes: [insertCursor('next', 0)] });
    for (let round = 0; round < 20; round += 1) {
      const move = (store: MongoMetadataStore): Promise<boolean> => store.commit({ writes: [moveCursor('next', round, round + 1), put.study({ ordinal: round })] }).then(({ committed }) => committed);
      expect((await Promise.all([move(one), move(other), move(one), move(other)])).filter(Boolean)).toHaveLength(1);
    }
    expect((await other.readCursor('next'))?.position).toBe(20);
  });

  it('given a decision that was refused because of the other\'s, then the other\'s is found', async () => {
    for (let round = 0; round < 50; round += 1) {
      const decide = async (store: MongoMetadataStore, decision: string): Promise<string> => {
        if ((await store.commit({ writes: [insertDecision(`command ${round}`, decision)] })).committed) return decision;
        return (await store.findDecisions([`command ${round}`]))[0]!.decision;
      };
      const [here, there] = await Promise.all([decide(one, 'by one'), decide(other, 'by other')]);
      expect(here).toBe(there);
    }
  });

  it('given a listener, then changes of the other process call it, its other commits do not', async () => {
    let calls = 0;
    const called = Promise.withResolvers<void>();
    const stop = one.onChanges(() => {
      calls += 1;
      called.resolve();
    });
    // The stream is open as soon as it tells of something.
    for (let at = 0; calls === 0; at += 1) {
      await other.commit({ writes: [put.change({ logOffset: at })] });
      await Promise.race([called.promise, other.ping()]);
    }
    const before = calls;
    await other.commit({ writes: [insertCursor('a', 0), insertCursor('b', 0)] });
    await one.ping();
    expect(calls - before).toBeLessThanOrEqual(1);
    stop();
  });

  it('given metadata of the greatest size that a row holds inline, a batch of them is committed and read', async () => {
    const metadata = Buffer.alloc(256 * 1024, 'm');
    await one.commit({ writes: Array.from({ length: 100 }, (_, at) => [put.instance({ sop: `${at}`, ordinal: at }), put.metadata({ sop: `${at}`, metadata })]).flat() });
    const page = await other.listInstanceMetadata({ partition: 1, study: '1.1' }, -1, 256);
    expect(page).toHaveLength(100);
    expect(Buffer.compare(page[99]!.metadata!, metadata)).toBe(0);
  });

  it('given a row that is too large to be written, then it is refused for good', async () => {
    const row = { ...studyRow(), attributes: 'x'.repeat(17 * 1024 * 1024) } satisfies StudyRow;
    await expect(one.commit({ writes: [{ op: 'put', table: 'studies', row }, insertCursor('a', 0)] })).rejects.toMatchObject({ name: 'TransactionRefusedError', retriable: false });
    await expect(one.commit({ writes: [{ op: 'put', table: 'studies', row }] })).rejects.toMatchObject({ name: 'TransactionRefusedError' });
    expect(await one.readCursor('a')).toBeUndefined();
  });

  it('given an order of store in microseconds, then it comes back as the same number', async () => {
    const ordinal = 1_795_265_048_123_456;
    await one.commit({ writes: [put.study({ ordinal }), put.instance({ ordinal })] });
    expect((await other.findStudy(1, '1.1'))?.ordinal).toBe(ordinal);
    expect((await other.listInstances({ partition: 1, study: '1.1' }, { afterOrdinal: ordinal - 1, belowOrdinal: ordinal + 1 }))[0]?.ordinal).toBe(ordinal);
  });
});
