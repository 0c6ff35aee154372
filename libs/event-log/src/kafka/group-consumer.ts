import type { Logger } from '@isocenter/telemetry';
import type { Consumer as KafkaConsumer, Kafka } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Consumer } from '../event-log.js';
import { CONSUMER_RETRY } from './create-client.js';
import type { LogRanges } from './log-ranges.js';
import type { Fetching, PartitionConsumer } from './partition-consumer.js';
import { within } from './within.js';

/** A fetch without records is answered after this; kafkajs turns to partitions that were resumed, and to a stop, only then. */
const FETCH_WAIT_MS = 250;
/** The next fetch follows this behind one with records: under load it brings many, and each costs both sides the same. */
const GATHER_MS = 5;
const FETCH_PARTITION_BYTES = 1024 * 1024;
const FETCH_BYTES = 8 * FETCH_PARTITION_BYTES;
const REJOIN_MS = 10_000;
const RESTART_MS = 500;
const DISCONNECT_MS = 5_000;
/** kafkajs fetches every 250 ms; it hangs when it has not for so many looks. */
const LOOK_MS = 5_000;
const SILENT_LOOKS = 6;

export interface GroupConsumerOptions {
  readonly kafka: Kafka;
  readonly topic: string;
  readonly group: string;
  readonly sessionTimeoutMs: number;
  readonly ranges: LogRanges;
  readonly log: Logger;
  readonly partitionConsumers: (fetching: Fetching) => readonly PartitionConsumer[];
}

/**
 * A member of a consumer group. kafkajs joins, fetches and keeps the session alive; handlers run beside it and never hold it up.
 * Whatever ends its consumer - it crashes when its retries are used up, or hangs - a new one takes its place.
 */
export class GroupConsumer implements Consumer, Fetching {
  private readonly partitions: readonly PartitionConsumer[];
  private readonly stopping = new AbortController();
  private consumer: KafkaConsumer | undefined;
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly options: GroupConsumerOptions) {
    this.partitions = options.partitionConsumers(this);
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    // The partitions are given to others when nothing of them is in hand.
    await Promise.all(this.partitions.map((partition) => partition.stop()));
    this.stopping.abort();
    await this.running;
  }

  pause(partition: number): void {
    this.tell((consumer) => consumer.pause([{ topic: this.options.topic, partitions: [partition] }]));
  }

  resume(partition: number): void {
    this.tell((consumer) => consumer.resume([{ topic: this.options.topic, partitions: [partition] }]));
  }

  goOnAt(partition: number, offset: number): void {
    this.tell((consumer) => {
      consumer.seek({ topic: this.options.topic, partition, offset: String(offset) });
      consumer.resume([{ topic: this.options.topic, partitions: [partition] }]);
    });
  }

  /** kafkajs throws when its consumer has crashed; the next one begins with an assignment of every partition. */
  private tell(order: (consumer: KafkaConsumer) => void): void {
    try {
      if (this.consumer) order(this.consumer);
    } catch (error) {
      this.options.log.debug({ err: error as Error, topic: this.options.topic }, 'the consumer is gone; a new one follows');
    }
  }

  private async run(): Promise<void> {
    const { topic, group, log } = this.options;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.consume(signal);
      } catch (error) {
        log.warn({ err: error as Error, topic, group }, 'the consumer failed and starts again');
        await pause(RESTART_MS, undefined, { ref: false, signal }).catch(() => undefined);
      }
    }
  }

  /** One kafkajs consumer, from its start until it fails or is stopped. */
  private async consume(signal: AbortSignal): Promise<void> {
    const { kafka, topic, group, sessionTimeoutMs } = this.options;
    const consumer = kafka.consumer({
      groupId: group,
      sessionTimeout: sessionTimeoutMs, heartbeatInterval: sessionTimeoutMs / 4, rebalanceTimeout: REJOIN_MS,
      maxWaitTimeInMs: FETCH_WAIT_MS, maxBytesPerPartition: FETCH_PARTITION_BYTES, maxBytes: FETCH_BYTES,
      allowAutoTopicCreation: false,
      retry: CONSUMER_RETRY,
    });
    const ended = Promise.withResolvers<void>();
    ended.promise.catch(() => undefined);
    let silent = 0;
    consumer.on('consumer.crash', ({ payload }) => ended.reject(payload.error));
    consumer.on('consumer.fetch', () => void (silent = 0));
    // Not before, at 'rebalancing': when the coordinator is just loading, kafkajs gives up to join again and goes on with what it has.
    consumer.on('consumer.group_join', ({ payload }) => this.assign(consumer, payload.memberAssignment[topic] ?? []));
    const looking = setInterval(() => {
      if ((silent += 1) > SILENT_LOOKS) ended.reject(new Error(`kafkajs has not fetched for ${silent * LOOK_MS} ms`));
      else void this.checkPositions();
    }, LOOK_MS);
    const end = (): void => ended.resolve();
    signal.addEventListener('abort', end);
    this.consumer = consumer;
    try {
      await consumer.connect();
      // From the beginning: a position outside the log then ends in records that are not the expected ones, and is found out.
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        // All that one fetch brought: none of them waits for the pause of another.
        partitionsConsumedConcurrently: this.partitions.length,
        eachBatch: async ({ batch }) => {
          this.partitions[batch.partition]?.offer(batch);
          await pause(GATHER_MS);
        },
      });
      await ended.promise;
    } finally {
      this.consumer = undefined;
      clearInterval(looking);
      signal.removeEventListener('abort', end);
      this.revoke();
      await within(DISCONNECT_MS, 'Disconnecting', consumer.disconnect()).catch(() => undefined);
    }
  }

  /** Called before anything of the new assignment is fetched. */
  private assign(consumer: KafkaConsumer, assigned: readonly number[]): void {
    if (this.stopped || this.consumer !== consumer) return;
    consumer.pause([{ topic: this.options.topic, partitions: [...assigned] }]);
    this.partitions.forEach((partition, number) => (assigned.includes(number) ? partition.assign() : partition.revoke()));
  }

  private revoke(): void {
    for (const partition of this.partitions) partition.revoke();
  }

  /** A log that lost records while nothing is appended is noticed by nobody else. */
  private async checkPositions(): Promise<void> {
    const before = this.partitions.map(({ position }) => position);
    if (before.every((position) => position === undefined)) return;
    try {
      const ranges = await this.options.ranges.read();
      this.partitions.forEach((partition, number) => {
        const [position, range] = [before[number], ranges.get(number)];
        if (position !== undefined && range) partition.check(position, range);
      });
    } catch {
      // The log is away; looked at again.
    }
  }
}
