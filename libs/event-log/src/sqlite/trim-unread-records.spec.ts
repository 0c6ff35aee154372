import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StandaloneFile } from '@isocenter/standalone-file';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopicSpec } from '../topics.js';
import { eventLogSchema } from './schema.js';
import { SqliteEventLog } from './sqlite-event-log.js';

const ONE = { distributed: 1, standalone: 1 };
const open: TopicSpec = { name: 'test.open.v1', partitions: ONE, retention: 'forever', newestKept: 100 };
const closed: TopicSpec = { name: 'test.closed.v1', partitions: ONE, retention: 'forever' };

describe('a topic that nothing consumes', () => {
  let folder: string;
  let file: StandaloneFile;
  let log: SqliteEventLog;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-log-'));
    file = StandaloneFile.open(folder, [eventLogSchema], 1);
    log = await SqliteEventLog.open(file, [open, closed]);
  });
  afterEach(async () => {
    await file.close();
    rmSync(folder, { recursive: true });
  });

  const append = async (topic: TopicSpec, count: number): Promise<void> => log.append(topic, Array.from({ length: count }, () => ({ key: 'k', headers: {}, value: Buffer.from('v') })));
  /** What was deleted was handed to the writer before this write. */
  const stored = async (topic: TopicSpec): Promise<number[]> => {
    await append(topic, 1);
    return file.read('SELECT offset FROM log_records WHERE topic = ? ORDER BY offset', [topic.name]).map(({ offset }) => Number(offset));
  };

  it('given one of which the newest are kept, then it does not grow for ever, and the newest stay without a hole', async () => {
    for (let round = 0; round < 8; round += 1) await append(open, 300);
    const offsets = await stored(open);
    expect(offsets.length).toBeGreaterThanOrEqual(100);
    expect(offsets.length).toBeLessThan(100 + 2 * 512);
    expect(offsets).toEqual(Array.from({ length: offsets.length }, (_, at) => 2_400 - offsets.length + 1 + at));
  });

  it('given one whose consumer is still to come, then all of it stays', async () => {
    await append(closed, 2_000);
    expect(await stored(closed)).toHaveLength(2_001);
  });

  it('given one that is consumed after all, then nothing that its consumer has not passed is deleted', async () => {
    const gate = Promise.withResolvers<void>();
    const consumer = await log.consume(open, { group: 'test', from: { read: async () => 0 }, maxBatchBytes: 1_000, onBatch: () => gate.promise, onError: gate.reject });
    await append(open, 2_000);
    expect(await stored(open)).toHaveLength(2_001);
    gate.resolve();
    await consumer.stop();
  });
});
