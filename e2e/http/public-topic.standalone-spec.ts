import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { newArchiveData, type ArchiveData } from '../support/archive.js';
import { openSqlite } from '../support/sqlite-session.js';
import { startStandalone } from '../support/standalone-process.js';
import { completeTopic, consumeTopic } from './public-topic.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

const published = "'change-feed/published'";
const holdCursor = (event: string): string => `CREATE TRIGGER hold_${event} BEFORE ${event} ON cursors WHEN NEW.name = ${published} BEGIN SELECT RAISE(ABORT, 'held'); END`;

describe('Public topic, when its publisher is killed between the append and the move of its cursor', () => {
  let data: ArchiveData;
  beforeAll(async () => {
    data = await newArchiveData();
  });
  afterAll(() => data.remove());
  const storeSome = async (baseUrl: string, from: number, count: number): Promise<void> => {
    for (let at = from; at < from + count; at += 1) await given(`${baseUrl}/v2`, [smallInstance(identityOf(`between ${at % 5}`, 'series', String(at)))]);
  };

  it('then the next process appends again what the cursor does not know of: doubles, which are dropped by their sequence, and no gap', async () => {
    const killed = await startStandalone({ data });
    // The store takes appends, but the cursor does not move: what a process leaves that dies in between.
    const other = await openSqlite(data.name);
    await other.run(holdCursor('INSERT'));
    await other.run(holdCursor('UPDATE'));
    await storeSome(killed.baseUrl, 0, 12);
    await until('the topic has all changes', async () => (await consumeTopic(killed)).changes.length === 12);
    process.kill(killed.front.pid, 'SIGKILL');
    await killed.stop();
    await other.run('DROP TRIGGER hold_INSERT');
    await other.run('DROP TRIGGER hold_UPDATE');
    await other.close();

    const next = await startStandalone({ data });
    try {
      await storeSome(next.baseUrl, 12, 3);
      const { changes, doubles, complete } = await completeTopic(next);
      expect(changes.map(({ data: { sequenceNumber } }) => sequenceNumber)).toEqual(Array.from({ length: 15 }, (_none, at) => at + 1));
      expect(doubles).toBeGreaterThanOrEqual(12);
      expect(complete).toBe(15);
    } finally {
      await next.end();
    }
  });
});
