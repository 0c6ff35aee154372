import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { OffsetOutsideLogError } from './errors.js';
import type { ConsumeOptions, Consumer, EventLog, LogBatch, LogRecord, Progress, StoredRecord } from './event-log.js';
import type { TopicSpec } from './topics.js';

/** A log that nobody else writes to; it has the topics of `CONTRACT_TOPICS`. */
export interface LogUnderTest {
  readonly log: EventLog;
  readonly close: () => Promise<void>;
}

const partitions = { distributed: 4, standalone: 4 };
const ONE = { distributed: 1, standalone: 1 };

export const CONTRACT_TOPICS = {
  wide: { name: 'contract.wide.v1', partitions, retention: 'forever' },
  narrow: { name: 'contract.narrow.v1', partitions: ONE, retention: 'forever' },
} as const satisfies Record<string, TopicSpec>;

const { wide, narrow } = CONTRACT_TOPICS;

function record(key: string, value: string | Buffer = key): LogRecord {
  return { key, headers: { ce_id: `${key}-id`, traceparent: 'ä' }, value: Buffer.from(value) };
}

/** A consumer that keeps its own progress, as a service does in its database. */
class Reader {
  readonly group = `contract.${randomUUID()}`;
  readonly batches: LogBatch[] = [];
  readonly errors: Error[] = [];
  readonly next = new Map<number, number>();
  /** Decides what becomes of a batch, before progress moves. */
  handle: (batch: LogBatch) => Promise<void> = async () => undefined;
  readonly progress: Progress = { read: async (partition) => this.next.get(partition) ?? 0 };
  private changed = Promise.withResolvers<void>();

  readonly options = (over: Partial<ConsumeOptions> = {}): ConsumeOptions => ({
    group: this.group,
    from: this.progress,
    maxBatchBytes: 1_000_000,
    onBatch: async (batch) => {
      this.batches.push(batch);
      this.tell();
      await this.handle(batch);
      this.next.set(batch.partition, batch.end);
      this.tell();
    },
    onError: (error) => {
      this.errors.push(error);
      this.tell();
    },
    ...over,
  });

  get records(): StoredRecord[] {
    return this.batches.flatMap(({ records }) => records);
  }

  get values(): string[] {
    return this.records.map(({ value }) => value.toString());
  }

  get passed(): number {
    return [...this.next.values()].reduce((sum, next) => sum + next, 0);
  }

  /** Resolves when the condition holds; looked at whenever something happens. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed.promise;
  }

  private tell(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }
}

/** What every event log does; an adapter's spec hands over how to open one. */
export function describeEventLog(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`${name} as an event log`, () => {
    let under: LogUnderTest;
    let log: EventLog;
    let consumers: Consumer[];
    const consume = async (topic: TopicSpec, options: ConsumeOptions): Promise<Consumer> => {
      const consumer = await log.consume(topic, options);
      consumers.push(consumer);
      return consumer;
    };

    beforeEach(async () => {
      under = await open();
      log = under.log;
      consumers = [];
    });
    afterEach(async () => {
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await under.close();
    });

    describe('appending', () => {
      it('given a record, then it is handed over with its key, headers and bytes', async () => {
        const reader = new Reader();
        const value = Buffer.from([0, 255, 10, 13, 0]);
        await log.append(narrow, [{ ...record('key/é'), value }]);
        await consume(narrow, reader.options());
        await reader.until(() => reader.passed === 1);
        expect(reader.batches[0]).toMatchObject({ topic: narrow.name, partition: 0, first: 0, end: 1 });
        expect(reader.records[0]).toMatchObject({ offset: 0, key: 'key/é', headers: { ce_id: 'key/é-id', traceparent: 'ä' } });
        expect(value.equals(reader.records[0]!.value)).toBe(true);
      });

      it('given records of many keys, appended at once and one by one, then each key keeps its order and its partition, and offsets are dense', async () => {
        const reader = new Reader();
        await consume(wide, reader.options());
        const keys = Array.from({ length: 20 }, (_, at) => `key ${at}`);
        const rounds = Array.from({ length: 20 }, (_, round) => round);
        await Promise.all(rounds.map((round) => log.append(wide, keys.map((key) => record(key, `${key}:${round}`)))));
        await reader.until(() => reader.passed === 400);
        for (const key of keys) {
          const mine = reader.batches.flatMap(({ partition, records }) => records.filter((one) => one.key === key).map(({ value }) => ({ partition, value: value.toString() })));
          expect(mine.map(({ value }) => value)).toEqual(rounds.map((round) => `${key}:${round}`));
          expect(new Set(mine.map(({ partition }) => partition))).toEqual(new Set([log.partitionOf(wide, key)]));
        }
        for (let partition = 0; partition < log.partitionCount(wide); partition += 1) {
          const offsets = reader.batches.filter((batch) => batch.partition === partition).flatMap(({ records }) => records.map(({ offset }) => offset));
          expect(offsets).toEqual(offsets.map((_, at) => at));
        }
        expect(new Set(reader.batches.map(({ partition }) => partition)).size).toBeGreaterThan(1);
      });

      it('given a key, then its partition is the same for every process and release', () => {
        // Recorded with the first release: keys that move would lose their order.
        expect(['Microsoft.Default/1.2.3', 'p/1.2.840.10008.1', 'x'].map((key) => log.partitionOf(wide, key))).toEqual([3, 1, 3]);
      });

      it('given an empty key, then the append is refused and nothing is in', async () => {
        await expect(log.append(wide, [record('a'), record('')])).rejects.toThrow(/needs a key/);
        expect(await log.lag(wide, new Reader().progress)).toBe(0);
      });

      it('given a topic that was not opened, then the append is refused instead of lost', async () => {
        await expect(log.append({ ...narrow, name: 'contract.unknown.v1' }, [record('a')])).rejects.toThrow();
      });
    });

    describe('consuming', () => {
      it('given progress, then batches begin there and follow each other without a hole', async () => {
        const reader = new Reader();
        for (let at = 0; at < 10; at += 1) await log.append(narrow, [record('k', String(at))]);
        reader.next.set(0, 4);
        await consume(narrow, reader.options({ maxBatchBytes: 2 }));
        await reader.until(() => reader.next.get(0) === 10);
        expect(reader.values).toEqual(['4', '5', '6', '7', '8', '9']);
        expect(reader.batches.map(({ first, end }) => [first, end])).toEqual([[4, 6], [6, 8], [8, 10]]);
      });

      it('given a cap in bytes, then no batch is larger but one of a single record', async () => {
        const reader = new Reader();
        const sizes = [400, 400, 300, 5_000, 100, 900, 1];
        await log.append(narrow, sizes.map((size) => record('k', Buffer.alloc(size))));
        await consume(narrow, reader.options({ maxBatchBytes: 1_000 }));
        await reader.until(() => reader.passed === sizes.length);
        expect(reader.batches.map(({ records }) => records.map(({ value }) => value.length))).toEqual([[400, 400], [300], [5_000], [100, 900], [1]]);
      });

      it('given a consumer that waits, when a record is appended, then it gets it', async () => {
        const reader = new Reader();
        await consume(narrow, reader.options());
        for (let at = 1; at <= 20; at += 1) {
          await log.append(narrow, [record('k', String(at))]);
          await reader.until(() => reader.passed === at);
        }
        expect(reader.values).toEqual(Array.from({ length: 20 }, (_, at) => String(at + 1)));
      });

      it('given a handler that takes its time, then it gets one batch at a time', async () => {
        const reader = new Reader();
        let running = 0;
        let most = 0;
        reader.handle = async () => {
          most = Math.max(most, (running += 1));
          await log.append(wide, []);
          running -= 1;
        };
        await consume(narrow, reader.options({ maxBatchBytes: 1 }));
        await Promise.all(Array.from({ length: 20 }, () => log.append(narrow, [record('k')])));
        await reader.until(() => reader.passed === 20);
        expect(most).toBe(1);
      });

      it('given a handler that rejects, then the error is reported and the batch is handed over again, from where progress stands then', async () => {
        const reader = new Reader();
        const failure = new Error('not now');
        let fails = 1;
        reader.handle = async (batch) => {
          if (fails-- > 0) {
            // The first record was committed before the failure.
            reader.next.set(0, batch.first + 1);
            throw failure;
          }
        };
        await log.append(narrow, [record('k', 'a'), record('k', 'b'), record('k', 'c')]);
        await consume(narrow, reader.options());
        await reader.until(() => reader.next.get(0) === 3);
        expect(reader.errors).toEqual([failure]);
        expect(reader.batches.map(({ records }) => records.map(({ value }) => value.toString()))).toEqual([['a', 'b', 'c'], ['b', 'c']]);
      });

      it('given progress that cannot be read at first, then it is read again', async () => {
        const reader = new Reader();
        const failure = new Error('store away');
        let fails = 2;
        await log.append(narrow, [record('k')]);
        await consume(narrow, reader.options({ from: { read: async () => { if (fails-- > 0) throw failure; return 0; } } }));
        await reader.until(() => reader.batches.length === 1);
        expect(reader.errors).toEqual([failure, failure]);
      });

      it('given two consumers of a topic, then each gets every record', async () => {
        const readers = [new Reader(), new Reader()];
        for (const reader of readers) await consume(wide, reader.options());
        await Promise.all(['a', 'b', 'c', 'd'].map((key) => log.append(wide, [record(key)])));
        for (const reader of readers) {
          await reader.until(() => reader.passed === 4);
          expect(reader.values.sort()).toEqual(['a', 'b', 'c', 'd']);
        }
      });

      it('given a consumer from the newest, then it gets what is appended from then on, again when it rejects', async () => {
        const reader = new Reader();
        let fails = 1;
        reader.handle = async () => {
          if (fails-- > 0) throw new Error('not now');
        };
        await log.append(narrow, [record('k', 'before')]);
        await consume(narrow, reader.options({ from: 'latest' }));
        await log.append(narrow, [record('k', 'after')]);
        await reader.until(() => reader.next.get(0) === 2);
        expect(reader.values).toEqual(['after', 'after']);
      });
    });

    describe('stopping', () => {
      it('given a batch in hand, then stop waits for it, and none follows', async () => {
        const reader = new Reader();
        const gate = Promise.withResolvers<void>();
        reader.handle = () => gate.promise;
        await log.append(narrow, [record('k', 'a'), record('k', 'b')]);
        const consumer = await consume(narrow, reader.options({ maxBatchBytes: 1 }));
        await reader.until(() => reader.batches.length === 1);
        let stopped = false;
        const stopping = consumer.stop().then(() => (stopped = true));
        await log.append(narrow, [record('k', 'c')]);
        expect(stopped).toBe(false);
        gate.resolve();
        await stopping;
        expect(reader.values).toEqual(['a']);
        expect(reader.next.get(0)).toBe(1);
      });

      it('given a consumer that waits before it tries again, then stop does not wait for that', async () => {
        const reader = new Reader();
        reader.handle = async () => {
          throw new Error('never');
        };
        await log.append(narrow, [record('k')]);
        const consumer = await consume(narrow, reader.options());
        await reader.until(() => reader.errors.length === 5);
        const before = performance.now();
        await consumer.stop();
        expect(performance.now() - before).toBeLessThan(250);
        expect(reader.batches).toHaveLength(5);
      });

      it('given a stopped consumer, when another starts with its progress, then it goes on where that ended', async () => {
        const reader = new Reader();
        await log.append(narrow, [record('k', 'a')]);
        const consumer = await consume(narrow, reader.options());
        await reader.until(() => reader.passed === 1);
        await consumer.stop();
        await log.append(narrow, [record('k', 'b')]);
        await consume(narrow, reader.options());
        await reader.until(() => reader.passed === 2);
        expect(reader.values).toEqual(['a', 'b']);
      });
    });

    describe('a position outside the log', () => {
      it('given progress above the end, then the consumer stops and reports it, and nothing is handed over', async () => {
        const reader = new Reader();
        reader.next.set(0, 5);
        await log.append(narrow, [record('k')]);
        await consume(narrow, reader.options());
        await reader.until(() => reader.errors.length > 0);
        for (let at = 0; at < 6; at += 1) await log.append(narrow, [record('k')]);
        const other = new Reader();
        await consume(narrow, other.options());
        await other.until(() => other.passed === 7);
        expect(reader.errors).toEqual([expect.any(OffsetOutsideLogError)]);
        expect(reader.errors[0]!.message).toContain('offset 5');
        expect(reader.batches).toEqual([]);
      });

      it('given progress above the end in one partition, then the others go on', async () => {
        const reader = new Reader();
        reader.next.set(log.partitionOf(wide, 'a'), 9);
        const key = ['b', 'c', 'd', 'e', 'f', 'g'].find((other) => log.partitionOf(wide, other) !== log.partitionOf(wide, 'a'))!;
        await consume(wide, reader.options());
        await log.append(wide, [record('a'), record(key)]);
        await reader.until(() => reader.errors.length > 0 && reader.batches.length > 0);
        expect(reader.values).toEqual([key]);
      });
    });

    describe('ends', () => {
      it('given a topic with records, then they lie behind the newest ones, and a consumer that begins there gets what comes later', async () => {
        expect(await log.ends(wide)).toEqual(Array.from({ length: log.partitionCount(wide) }, () => 0));
        const keys = ['a', 'b', 'c', 'd', 'e'];
        await log.append(wide, keys.map((key) => record(key, 'before')));
        const ends = await log.ends(wide);
        expect(ends.reduce((sum, end) => sum + end)).toBe(5);
        const reader = new Reader();
        ends.forEach((end, partition) => reader.next.set(partition, end));
        await log.append(wide, keys.map((key) => record(key, 'later')));
        await consume(wide, reader.options());
        await reader.until(() => reader.passed === 10);
        expect(reader.values).toEqual(keys.map(() => 'later'));
      });
    });

    describe('lag', () => {
      it('given what was appended and what was passed, then it is the difference over all partitions', async () => {
        const reader = new Reader();
        const { progress } = reader;
        expect(await log.lag(wide, progress)).toBe(0);
        await log.append(wide, ['a', 'b', 'c', 'd', 'e'].map((key) => record(key)));
        expect(await log.lag(wide, progress)).toBe(5);
        reader.next.set(log.partitionOf(wide, 'a'), 1);
        expect(await log.lag(wide, progress)).toBe(4);
        await expect(log.ping()).resolves.toBeUndefined();
      });
    });
  });
}
