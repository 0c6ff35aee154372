import type { SqlRow, SqlValue, StandaloneFile, Statement, WriteResult } from '@isocenter/standalone-file';
import { EventLogUnavailableError, PartitionCountError } from '../errors.js';
import type { ConsumeOptions, Consumer, EventLog, LogRecord, Progress } from '../event-log.js';
import { partitionOfKey } from '../partition-of-key.js';
import type { TopicSpec } from '../topics.js';
import { HintConsumer } from './hint-consumer.js';
import { PartitionConsumer } from './partition-consumer.js';
import { trimPassedRecords, trimUnreadRecords } from './trim-passed-records.js';

/** The event log in the standalone file: one process appends and consumes, so an append wakes its consumers directly. */
export class SqliteEventLog implements EventLog {
  private readonly consumers = new Map<string, Set<PartitionConsumer>>();
  private readonly hintConsumers = new Map<string, Set<HintConsumer>>();
  private nextHint = 0;

  private constructor(private readonly file: StandaloneFile) {}

  /** Makes the topics that do not exist; refuses one whose number of partitions is not the stored one. */
  static async open(file: StandaloneFile, topics: readonly TopicSpec[]): Promise<SqliteEventLog> {
    for (const { name, partitions: { standalone: count } } of topics) {
      const stored = Number(file.read('SELECT COUNT(*) AS n FROM log_partitions WHERE topic = ?', [name])[0]!.n);
      if (stored === count) continue;
      if (stored > 0) throw new PartitionCountError(name, count, stored);
      const statements = Array.from({ length: count }, (_, partition): Statement => ({ sql: 'INSERT INTO log_partitions VALUES (?, ?, 0)', params: [name, partition] }));
      await file.write({ statements, durable: true });
    }
    return new SqliteEventLog(file);
  }

  async append(topic: TopicSpec, records: readonly LogRecord[]): Promise<void> {
    if (topic.hints) return this.handOver(topic, records);
    const statements = records.flatMap((record): Statement[] => {
      const partition = this.partitionOf(topic, record.key);
      const place: SqlValue[] = [topic.name, partition];
      return [
        { sql: 'INSERT INTO log_records SELECT topic, partition, next, ?, ?, ? FROM log_partitions WHERE topic = ? AND partition = ?', params: [record.key, JSON.stringify(record.headers), record.value, ...place], changes: 1 },
        { sql: 'UPDATE log_partitions SET next = next + 1 WHERE topic = ? AND partition = ? RETURNING partition, next - 1 AS offset', params: place, changes: 1, returning: true },
      ];
    });
    const rows = await this.write(topic, statements);
    records.forEach((record, i) => {
      const [partition, offset] = [Number(rows[i]![0]!.partition), Number(rows[i]![0]!.offset)];
      const consumers = this.consumers.get(`${topic.name}/${partition}`);
      for (const consumer of consumers ?? []) consumer.offer({ ...record, offset });
      if (topic.newestKept !== undefined && !consumers?.size) trimUnreadRecords(this.file, topic.name, partition, offset, topic.newestKept);
    });
  }

  async consume(topic: TopicSpec, options: ConsumeOptions): Promise<Consumer> {
    if (topic.hints) return this.consumeHints(topic, options);
    const started: PartitionConsumer[] = [];
    for (let partition = 0; partition < this.partitionCount(topic); partition += 1) {
      const place = `${topic.name}/${partition}`;
      // One set for all consumers of the partition, present at the moment of a trim.
      const siblings = this.consumers.get(place) ?? new Set();
      this.consumers.set(place, siblings);
      const consumer = new PartitionConsumer(this.file, topic.name, partition, options, () => trimPassedRecords(this.file, topic.name, partition, siblings));
      siblings.add(consumer);
      started.push(consumer);
    }
    for (const consumer of started) consumer.start();
    return {
      stop: async () => {
        await Promise.all(started.map((consumer) => consumer.stop()));
        for (const siblings of this.consumers.values()) for (const consumer of started) siblings.delete(consumer);
      },
    };
  }

  partitionOf(topic: TopicSpec, key: string): number {
    return partitionOfKey(key, this.partitionCount(topic));
  }

  partitionCount(topic: TopicSpec): number {
    return topic.partitions.standalone;
  }

  async ends({ name }: TopicSpec): Promise<readonly number[]> {
    return this.file.read('SELECT next FROM log_partitions WHERE topic = ? ORDER BY partition', [name]).map(({ next }) => Number(next));
  }

  async lag(topic: TopicSpec, progress: Progress): Promise<number> {
    let lag = 0;
    for (const [partition, end] of (await this.ends(topic)).entries()) lag += end - (await progress.read(partition));
    return lag;
  }

  async ping(): Promise<void> {
    try {
      this.file.ping();
    } catch (error) {
      throw new EventLogUnavailableError(error);
    }
  }

  private handOver({ name }: TopicSpec, records: readonly LogRecord[]): void {
    const stored = records.map((record) => ({ ...record, offset: this.nextHint++ }));
    for (const consumer of this.hintConsumers.get(name) ?? []) consumer.offer(stored);
  }

  private consumeHints({ name }: TopicSpec, options: ConsumeOptions): Consumer {
    if (options.from !== 'latest') throw new Error(`Topic ${name} holds hints; it is consumed from the latest on only.`);
    const consumer = new HintConsumer(name, options);
    const siblings = this.hintConsumers.get(name) ?? new Set();
    this.hintConsumers.set(name, siblings.add(consumer));
    return {
      stop: async () => {
        siblings.delete(consumer);
        await consumer.stop();
      },
    };
  }

  private async write({ name }: TopicSpec, statements: readonly Statement[]): Promise<readonly SqlRow[][]> {
    let result: WriteResult;
    try {
      // Not durable by itself: whoever answers for the record waits for a later durable commit in the same file.
      result = await this.file.write({ statements, durable: false });
    } catch (error) {
      throw new EventLogUnavailableError(error);
    }
    if (!result.committed) throw new Error(`Topic ${name} was not opened with this log.`);
    return result.rows;
  }
}
