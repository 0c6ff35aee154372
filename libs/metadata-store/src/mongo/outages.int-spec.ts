import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CutOff } from '../../test/cut-off.js';
import { MongoUnderTest } from '../../test/mongo-under-test.js';
import { insertCursor, insertDecision, moveCursor, plan, put } from '../contract/rows.contract.js';
import type { Outcome } from '../transaction.js';
import type { MongoMetadataStore } from './mongo-metadata-store.js';

/** After which a call has failed: the time to notice a silent server, to look for another, and to look again. */
const BOUND_MS = 12_000;

const mongo = new MongoUnderTest();
afterAll(() => mongo.close());

let way: CutOff;
let store: MongoMetadataStore;
let direct: MongoMetadataStore;
beforeEach(async () => {
  direct = await mongo.open();
  await mongo.empty();
  way = await CutOff.start();
  store = await mongo.open({ url: way.url, commitWithinMs: 5_000 });
});
afterEach(async () => {
  await Promise.all([store.close(), direct.close()]);
  await way.stop();
});

const UNAVAILABLE = { name: 'MetadataStoreUnavailableError', retriable: true };
const together = (name: string): Promise<Outcome> => store.commit({ writes: [insertCursor(name, 0), put.study()] });

describe.each<[string, () => void]>([['cut off', () => way.close()], ['silent', () => way.silence()]])('While the server is %s', (_, cut) => {
  it('then every call fails in bounded time, and works again without a restart', async () => {
    let calls = 0;
    store.onChanges(() => (calls += 1));
    await together('before');
    // The stream is open when it tells of something.
    for (let at = 0; calls === 0; at += 1) await direct.commit({ writes: [put.change({ logOffset: at })] });
    cut();
    await direct.commit({ writes: [put.change({ logOffset: 1_000 })] });
    const before = calls;
    const began = performance.now();
    const asked = [store.findStudy(1, '1.1'), store.search(plan()), store.listUnnumberedChanges(1), store.commit({ writes: [insertDecision('c', 'd')] }), together('during'), store.ping()];
    const results = await Promise.allSettled(asked);
    expect(performance.now() - began).toBeLessThan(BOUND_MS);
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
    expect(mongo.warnings.length).toBeLessThanOrEqual(1);

    way.open();
    await retried(() => store.ping());
    expect(await store.readCursor('before')).toBeDefined();
    expect(await together('after')).toEqual({ committed: true });
    // What others wrote meanwhile is told of.
    await until(() => calls > before);
  }, 60_000);
});

describe('Answers that are lost', () => {
  it.each([['commitTransaction', () => together('a')], ['insert', () => together('a')], ['insert', () => store.commit({ writes: [insertCursor('a', 0)] })]])('given that of one %s, then the transaction happened once', async (command, commit) => {
    way.loseAnswerOf(command);
    expect(await commit()).toEqual({ committed: true });
    expect(way.lostAll).toBe(true);
    expect((await direct.readCursor('a'))?.position).toBe(0);
  });

  it('given that of a commit that moves a row on, then it moved once', async () => {
    await store.commit({ writes: [insertCursor('next', 0)] });
    for (let at = 0; at < 5; at += 1) {
      way.loseAnswerOf('commitTransaction');
      expect(await store.commit({ writes: [moveCursor('next', at, at + 1), put.change({ logOffset: at })] })).toEqual({ committed: true });
    }
    expect((await direct.readCursor('next'))?.position).toBe(5);
    expect(await direct.listUnnumberedChanges(10)).toHaveLength(5);
  });

  it('given that of a write of a transaction, whose abort does not reach the server, then it does not stand in the way of the next try', async () => {
    way.loseAnswerOf('insert');
    // The driver tries twice.
    way.loseRequest('abortTransaction');
    way.loseRequest('abortTransaction');
    expect(await together('a')).toEqual({ committed: true });
    expect(way.lostAll).toBe(true);
  });

  it('given that of a commit, and then no server until the deadline, then it is neither committed nor refused', async () => {
    way.loseAnswerOf('commitTransaction');
    const outcome = together('a').then(() => 'told', (error: Error) => error);
    await until(() => way.lostAll);
    way.close();
    expect(await outcome).toMatchObject(UNAVAILABLE);
    way.open();
    await retried(() => store.ping());
    expect(await store.readCursor('a')).toEqual(await direct.readCursor('a'));
  }, 30_000);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

async function retried(call: () => Promise<unknown>): Promise<void> {
  const deadline = performance.now() + BOUND_MS;
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}
