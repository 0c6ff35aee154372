import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StandaloneFile } from '@isocenter/standalone-file';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OffsetOutsideLogError, PartitionCountError } from '../errors.js';
import { CONTRACT_TOPICS, describeEventLog } from '../event-log.contract.js';
import type { ConsumeOptions, LogBatch } from '../event-log.js';
import { eventLogSchema } from './schema.js';
import { SqliteEventLog } from './sqlite-event-log.js';

const { wide, narrow } = CONTRACT_TOPICS;

async function openLog(folder: string): Promise<{ log: SqliteEventLog; file: StandaloneFile }> {
  const file = StandaloneFile.open(folder, [eventLogSchema], 1);
  return { file, log: await SqliteEventLog.open(file, [wide, narrow]) };
}

describeEventLog('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-log-'));
  const { log, file } = await openLog(folder);
  return {
    log,
    close: async () => {
      await file.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('SqliteEventLog', () => {
  let folder: string;
  let log: SqliteEventLog;
  let file: StandaloneFile;
  const reopen = async (): Promise<void> => {
    await file.close();
    ({ log, file } = await openLog(folder));
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-log-'));
    ({ log, file } = await openLog(folder));
  });
  afterEach(async () => {
    await file.close();
    rmSync(folder, { recursive: true });
  });

  const append = (count: number): Promise<void> => log.append(narrow, Array.from({ length: count }, () => ({ key: 'k', headers: {}, value: Buffer.from('v') })));
  const stored = (): number[] => file.read('SELECT offset FROM log_records WHERE topic = ? ORDER BY offset', [narrow.name]).map(({ offset }) => Number(offset));

  /** Consumes from `from` until `end` was passed; resolves with the batches, or rejects with what was reported. */
  async function consumeUntil(end: number, from = 0): Promise<{ batches: LogBatch[]; stop: () => Promise<void> }> {
    const batches: LogBatch[] = [];
    const done = Promise.withResolvers<void>();
    const options: ConsumeOptions = {
      group: 'test', from: { read: async () => from }, maxBatchBytes: 1_000_000,
      onBatch: async (batch) => {
        batches.push(batch);
        if (batch.end >= end) done.resolve();
      },
      onError: done.reject,
    };
    const { stop } = await log.consume(narrow, options);
    await done.promise;
    return { batches, stop };
  }

  it('given a topic with another number of partitions than it was made with, then it is refused', async () => {
    await expect(SqliteEventLog.open(file, [{ ...wide, partitions: { ...wide.partitions, standalone: 8 } }])).rejects.toThrow(PartitionCountError);
  });

  it('given a closed and reopened file, then offsets go on', async () => {
    await append(2);
    await reopen();
    await append(1);
    const { batches, stop } = await consumeUntil(3);
    await stop();
    expect(batches.flatMap(({ records }) => records.map(({ offset }) => offset))).toEqual([0, 1, 2]);
  });

  it('given that all records were passed and deleted, then no offset is used twice, also after reopening', async () => {
    await append(1_024);
    const { stop } = await consumeUntil(1_024);
    await stop();
    // The deletion was handed to the writer before this write.
    await append(1);
    expect(stored()).toEqual([1_024]);
    await reopen();
    await append(1);
    expect(stored()).toEqual([1_024, 1_025]);
    expect(await log.lag(narrow, { read: async () => 1_024 })).toBe(2);
  });

  it('given two consumers of which one waits, then nothing that it has not passed is deleted', async () => {
    const gate = Promise.withResolvers<void>();
    const slow: number[] = [];
    const waiting = await log.consume(narrow, { group: 'test', from: { read: async () => 0 }, maxBatchBytes: 1_000_000, onError: gate.reject, onBatch: async (batch) => { await gate.promise; slow.push(...batch.records.map(({ offset }) => offset)); } });
    await append(1_500);
    const { stop } = await consumeUntil(1_500);
    await append(1);
    expect(stored()).toHaveLength(1_501);
    gate.resolve();
    await stop();
    await waiting.stop();
    expect(slow).toEqual(slow.map((_, at) => at));
  });

  it('given consumers that come and go, then what the present ones passed is deleted, and no more', async () => {
    await append(1);
    const leaving = await consumeUntil(1);
    const staying = await consumeUntil(1);
    await leaving.stop();
    const gate = Promise.withResolvers<void>();
    const late = await log.consume(narrow, { group: 'test', from: { read: async () => 1 }, maxBatchBytes: 1_000_000, onError: gate.reject, onBatch: () => gate.promise });
    await append(1_023);
    const passing = await consumeUntil(1_024, 1);
    await append(1);
    expect(stored()).toHaveLength(1_025);
    gate.resolve();
    await late.stop();
    await append(1_023);
    await Promise.all([staying.stop(), passing.stop()]);
    const last = await consumeUntil(2_048, staying.batches.at(-1)!.end);
    await last.stop();
    await append(1);
    expect(stored().length).toBeLessThan(1_025);
  });

  it('given progress below the first record that is left, then the consumer stops and reports it', async () => {
    await append(1_024);
    const { stop } = await consumeUntil(1_024);
    await stop();
    await append(1);
    await expect(consumeUntil(1_025, 10)).rejects.toThrow(OffsetOutsideLogError);
    await expect(consumeUntil(1_025, 10)).rejects.toThrow(/offset 10, but the log holds 1024 to 1025/);
  });

  it('given a hole in the log, then the consumer stops before it and reports it', async () => {
    await append(5);
    await file.write({ statements: [{ sql: 'DELETE FROM log_records WHERE offset = 2', params: [] }], durable: true });
    await expect(consumeUntil(5)).rejects.toThrow(OffsetOutsideLogError);
  });

  it('given a closed file, then an append is rejected as retriable', async () => {
    const other = mkdtempSync(join(tmpdir(), 'isocenter-log-'));
    const closed = await openLog(other);
    await closed.file.close();
    await expect(closed.log.append(narrow, [{ key: 'k', headers: {}, value: Buffer.from('v') }])).rejects.toMatchObject({ name: 'EventLogUnavailableError', retriable: true });
    rmSync(other, { recursive: true });
  });
});
