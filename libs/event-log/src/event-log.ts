import type { TopicSpec } from './topics.js';

/** One record. Headers are CloudEvents 1.0 in binary mode (`ce_id`, `ce_type`, …) and `traceparent`. */
export interface LogRecord {
  /** Chooses the partition; never empty. Records of one key keep their order. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
}

export interface StoredRecord extends LogRecord {
  readonly offset: number;
}

/** Consecutive records of one partition: it begins at the consumer's `next` and ends before `end`. */
export interface LogBatch {
  readonly topic: string;
  readonly partition: number;
  readonly first: number;
  readonly end: number;
  readonly records: readonly StoredRecord[];
}

/** Where a consumer stands, kept in its own database and moved there in the transaction of the batch. */
export interface Progress {
  /** The next offset to consume; 0 before the first batch. */
  read(partition: number): Promise<number>;
}

export interface ConsumeOptions {
  /**
   * Consumers of one group share the partitions, whatever their processes; a group of its own gets all of them. From the
   * latest on each consumer gets all. Standalone has one consumer of a group.
   */
  readonly group: string;
  /** `latest`: from what is appended from now on, progress is not kept. */
  readonly from: Progress | 'latest';
  /** A batch holds at most so many bytes of values, or one record. */
  readonly maxBatchBytes: number;
  /** Rejection: the batch is handed over again after a pause, from what `from` says then. */
  readonly onBatch: (batch: LogBatch) => Promise<void>;
  readonly onError: (error: Error, where: { topic: string; partition: number }) => void;
}

export interface Consumer {
  /** Lets the batch in hand finish; none follows. */
  stop(): Promise<void>;
}

/** Port of the event log. Two adapters, one contract suite (`event-log.contract.ts`). */
export interface EventLog {
  /** Appended when it resolves; durable at the latest with the next durable commit of the consumer. Rejects with EventLogUnavailableError. */
  append(topic: TopicSpec, records: readonly LogRecord[]): Promise<void>;
  consume(topic: TopicSpec, options: ConsumeOptions): Promise<Consumer>;
  partitionOf(topic: TopicSpec, key: string): number;
  partitionCount(topic: TopicSpec): number;
  /** Of each partition the offset behind its newest record: where a consumer begins that has what is before from elsewhere. */
  ends(topic: TopicSpec): Promise<readonly number[]>;
  /** Records appended and not yet passed, over all partitions. */
  lag(topic: TopicSpec, progress: Progress): Promise<number>;
  ping(): Promise<void>;
}

/** Injection token of the port. */
export const EVENT_LOG_PORT = Symbol('EventLog');
