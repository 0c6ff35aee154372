import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ChildTask, FromChild, ToChild } from '../../test/consume-in-child.js';
import { brokersUnderTest, KafkaUnderTest } from '../../test/kafka-under-test.js';
import { OffsetOutsideLogError } from '../errors.js';
import { CONTRACT_TOPICS } from '../event-log.contract.js';
import type { ConsumeOptions, EventLog, LogBatch } from '../event-log.js';
import type { KafkaEventLog } from './kafka-event-log.js';

const { wide, narrow } = CONTRACT_TOPICS;
/** The least that brokers allow by default. */
const SESSION_MS = 6_000;

/** A database that several consumers of one group share: a batch moves `next` from its first offset or is refused. */
class Database {
  readonly next = new Map<number, number>();
  readonly applied: { partition: number; offset: number; value: string; by: string }[] = [];
  readonly refused: string[] = [];
  readonly errors: Error[] = [];
  private changed = Promise.withResolvers<void>();

  read(partition: number): number {
    return this.next.get(partition) ?? 0;
  }

  /** Whether it was applied. */
  apply(by: string, { partition, first, end, values }: { partition: number; first: number; end: number; values: readonly string[] }): boolean {
    const applies = this.read(partition) === first;
    if (applies) {
      this.next.set(partition, end);
      values.forEach((value, at) => this.applied.push({ partition, offset: first + at, value, by }));
    } else {
      this.refused.push(by);
    }
    this.tell();
    return applies;
  }

  /** A consumer named `by`; `before` runs between the batch and its commit. */
  options(by: string, over: Partial<ConsumeOptions> = {}, before: (batch: LogBatch) => Promise<void> = async () => undefined): ConsumeOptions {
    return {
      group: 'shared', maxBatchBytes: 1_000_000,
      from: { read: async (partition) => this.read(partition) },
      onBatch: async (batch) => {
        await before(batch);
        if (!this.apply(by, { ...batch, values: batch.records.map(({ value }) => value.toString()) })) throw new Error('next has moved');
      },
      onError: (error) => {
        this.errors.push(error);
        this.tell();
      },
      ...over,
    };
  }

  appliedBy(by: string): number {
    return this.applied.filter((one) => one.by === by).length;
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed.promise;
  }

  tell(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }
}

describe('consumers on Kafka', () => {
  let kafka: KafkaUnderTest;
  let log: KafkaEventLog;
  let db: Database;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    kafka = new KafkaUnderTest([wide, narrow], { sessionTimeoutMs: SESSION_MS });
    log = await kafka.open();
    db = new Database();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await kafka.close();
  });

  const append = (to: EventLog, from: number, count: number): Promise<void> => to.append(wide, Array.from({ length: count }, (_, at) => ({ key: `key ${(from + at) % 50}`, headers: {}, value: Buffer.from(String(from + at)) })));

  /** Everything from 0 on was applied once, and each key in its order. */
  function expectAll(count: number): void {
    expect(db.applied.map(({ value }) => Number(value)).sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, at) => at));
    for (let key = 0; key < 50; key += 1) {
      const mine = db.applied.filter(({ value }) => Number(value) % 50 === key).map(({ value }) => Number(value));
      expect(mine).toEqual([...mine].sort((a, b) => a - b));
    }
  }

  it('given two consumers of one group, then they share the partitions, and each record is applied once', async () => {
    const other = await kafka.open();
    await log.consume(wide, db.options('a'));
    await other.consume(wide, db.options('b'));
    let sent = 0;
    while (db.appliedBy('a') === 0 || db.appliedBy('b') === 0) {
      await append(log, sent, 50);
      sent += 50;
      await db.until(() => db.applied.length === sent);
    }
    expectAll(sent);
    const places = (by: string): number[] => db.applied.slice(-50).filter((one) => one.by === by).map(({ partition }) => partition);
    expect(places('a').filter((partition) => places('b').includes(partition))).toEqual([]);
  });

  it('given a batch in hand when another consumer comes, then that one takes the partition over, and the late commit is refused', async () => {
    const other = await kafka.open();
    const gates = new Map<number, PromiseWithResolvers<void>>();
    await log.consume(wide, db.options('a', {}, async ({ partition }) => {
      const gate = gates.get(partition) ?? Promise.withResolvers<void>();
      gates.set(partition, gate);
      db.tell();
      await gate.promise;
    }));
    await append(log, 0, 50);
    await db.until(() => gates.size === 4);
    await other.consume(wide, db.options('b'));
    await db.until(() => db.appliedBy('b') > 0);
    for (const gate of gates.values()) gate.resolve();
    await db.until(() => db.applied.length === 50 && db.refused.length > 0 && db.errors.length === db.refused.length);
    expect(new Set(db.refused)).toEqual(new Set(['a']));
    expect(db.errors.map(({ message }) => message)).toEqual(db.refused.map(() => 'next has moved'));
    await append(log, 50, 100);
    await db.until(() => db.applied.length === 150);
    expectAll(150);
  });

  it('given a process that is stopped in the middle of a batch for longer than its session, then another goes on, and what it commits when it wakes up is refused', async () => {
    const task: ChildTask = { options: { brokers: brokersUnderTest(), topicPrefix: kafka.prefix, sessionTimeoutMs: SESSION_MS }, topic: wide, partitions: 4, group: 'shared' };
    const child = fork(join(import.meta.dirname, '../../test/consume-in-child.ts'), [JSON.stringify(task)], {
      execArgv: ['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--conditions=@isocenter/source', '--import', join(import.meta.dirname, '../../../dicom/from-source.mjs')],
    });
    children.push(child);
    const held: Extract<FromChild, { ask: 'commit' }>[] = [];
    let holding = true;
    const answer = (message: ToChild): void => void child.send(message);
    const commit = (message: Extract<FromChild, { ask: 'commit' }>): void => answer({ id: message.id, refused: !db.apply('child', message) });
    child.on('message', (message: FromChild) => {
      if (message.ask === 'report') db.errors.push(new Error(message.error));
      else if (message.ask === 'next') answer({ id: message.id, next: db.read(message.partition) });
      else if (holding) held.push(message);
      else commit(message);
      db.tell();
    });
    await append(log, 0, 50);
    await db.until(() => held.length > 0);
    child.kill('SIGSTOP');
    await log.consume(wide, db.options('a'));
    await db.until(() => db.appliedBy('a') === 50);
    holding = false;
    child.kill('SIGCONT');
    held.forEach(commit);
    let sent = 50;
    while (db.appliedBy('child') === 0) {
      await append(log, sent, 50);
      sent += 50;
      await db.until(() => db.applied.length === sent);
    }
    expect(db.refused[0]).toBe('child');
    expectAll(sent);
  });

  it('given a group of its own, then a consumer gets all partitions from its own progress', async () => {
    const own = new Database();
    await log.consume(wide, db.options('a', { group: 'render.1' }));
    await log.consume(wide, own.options('b', { group: 'render.2' }));
    await append(log, 0, 50);
    await Promise.all([db, own].map((one) => one.until(() => one.applied.length === 50)));
  });

  it('given consumers from the latest on with one group name, then each gets all that is appended once it has been started', async () => {
    const others = [new Database(), new Database()];
    await append(log, 0, 50);
    for (const other of others) await log.consume(wide, other.options('a', { from: 'latest', onBatch: async ({ records }) => void (records.forEach(({ value, offset }) => other.applied.push({ partition: 0, offset, value: value.toString(), by: 'a' })), other.tell()) }));
    await append(log, 50, 50);
    for (const other of others) {
      await other.until(() => other.applied.length === 50);
      expect(other.applied.every(({ value }) => Number(value) >= 50)).toBe(true);
    }
  });

  it('given progress below the first record that is left, then the consumer stops and says so, and nothing is handed over', async () => {
    await append(log, 0, 50);
    const partition = log.partitionOf(wide, 'key 0');
    await kafka.deleteRecords(wide, partition, 3);
    db.next.set(partition, 1);
    await log.consume(wide, db.options('a'));
    await db.until(() => db.errors.length > 0 && [0, 1, 2, 3].every((one) => one === partition || db.read(one) > 0));
    expect(db.errors).toEqual([expect.any(OffsetOutsideLogError)]);
    expect(db.errors[0]!.message).toMatch(/offset 1, but the log holds 3 to/);
    expect(db.applied.filter((one) => one.partition === partition)).toEqual([]);
  });

  it('given records that are deleted before a waiting consumer has them, then it stops and says so instead of skipping them', async () => {
    const gate = Promise.withResolvers<void>();
    const seen: number[] = [];
    await log.consume(narrow, db.options('a', { maxBatchBytes: 1 }, async ({ first }) => {
      seen.push(first);
      db.tell();
      await gate.promise;
      // What the database holds is from before: it was set back.
      db.next.set(0, 0);
      throw new Error('set back');
    }));
    await log.append(narrow, Array.from({ length: 5 }, (_, at) => ({ key: 'k', headers: {}, value: Buffer.from(String(at)) })));
    await db.until(() => seen.length === 1);
    await kafka.deleteRecords(narrow, 0, 5);
    gate.resolve();
    await db.until(() => db.errors.length === 2);
    expect(db.errors[1]).toBeInstanceOf(OffsetOutsideLogError);
    expect(seen).toEqual([0]);
  });

  it('given a topic that was deleted and made anew while a consumer waits, then it stops and says so instead of beginning again', async () => {
    await log.consume(narrow, db.options('a'));
    await log.append(narrow, Array.from({ length: 5 }, (_, at) => ({ key: 'k', headers: {}, value: Buffer.from(String(at)) })));
    await db.until(() => db.applied.length === 5);
    await (await kafka.admin()).deleteTopics({ topics: [kafka.nameOf(narrow)] });
    const again = await kafka.open();
    await again.append(narrow, [{ key: 'k', headers: {}, value: Buffer.from('anew') }]);
    await db.until(() => db.errors.some((error) => error instanceof OffsetOutsideLogError));
    expect(db.applied).toHaveLength(5);
  });
});
