import { Partitioners, type Admin, type Kafka, type Producer } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { EventLogUnavailableError, PartitionCountError } from '../errors.js';
import type { ConsumeOptions, Consumer, EventLog, LogRecord, Progress } from '../event-log.js';
import { partitionOfKey } from '../partition-of-key.js';
import type { TopicSpec } from '../topics.js';
import { CONSUMER_RETRY, createClient, RETRY } from './create-client.js';
import { createTopics } from './create-topics.js';
import { GroupConsumer } from './group-consumer.js';
import { DEFAULTS, type KafkaOptions, type KafkaSettings } from './kafka-options.js';
import { LogRanges } from './log-ranges.js';
import { PartitionConsumer } from './partition-consumer.js';
import { Replaceable } from './replaceable.js';
import { TopicAppender } from './topic-appender.js';

const PING_MS = 700;
const PING_TRIES = 3;
const START_RETRY_MS = 1_000;

interface OpenTopic {
  readonly partitions: number;
  readonly appender: TopicAppender;
  readonly ranges: LogRanges;
}

/** The event log on Kafka. What kafkajs leaves undone or does wrong stands in README.md beside this file. */
export class KafkaEventLog implements EventLog {
  private readonly consumers = new Set<Consumer>();
  private readonly topics: ReadonlyMap<string, OpenTopic>;
  private readonly producer: Replaceable<Producer>;
  private readonly consuming: Kafka;
  private readonly pinger: Replaceable<Admin>;
  private pinging: Promise<void> | undefined;

  private constructor(
    kafka: Kafka,
    private readonly admin: Replaceable<Admin>,
    private readonly settings: KafkaSettings,
    counts: ReadonlyMap<string, number>,
  ) {
    const { topicPrefix, appendDeadlineMs } = settings;
    this.producer = new Replaceable(() => kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false, retry: RETRY }), appendDeadlineMs);
    this.pinger = new Replaceable(() => kafka.admin(), PING_MS);
    this.consuming = createClient(settings, CONSUMER_RETRY);
    this.topics = new Map([...counts].map(([name, partitions]) => {
      const topic = topicPrefix + name;
      return [name, { partitions, appender: new TopicAppender(topic, this.producer, appendDeadlineMs), ranges: new LogRanges(topic, admin) }];
    }));
  }

  /** Makes the topics that do not exist; refuses one whose number of partitions is not the stored one. Waits for a broker. */
  static async open(options: KafkaOptions, topics: readonly TopicSpec[]): Promise<KafkaEventLog> {
    const settings: KafkaSettings = { ...DEFAULTS, ...options };
    const { log, brokers, startTimeoutMs, appendDeadlineMs } = settings;
    const kafka = createClient(settings, RETRY);
    const admin = new Replaceable(() => kafka.admin(), 2 * appendDeadlineMs);
    const giveUpAt = performance.now() + startTimeoutMs;
    for (;;) {
      try {
        const counts = await admin.use('Opening the topics', (client) => createTopics(client, topics, settings));
        return new KafkaEventLog(kafka, admin, settings, counts);
      } catch (error) {
        if (error instanceof PartitionCountError) throw error;
        const reason = reasonOf(error as Error);
        if (performance.now() > giveUpAt) throw new EventLogUnavailableError(new Error(`its topics could not be opened on ${brokers.join(', ')} within ${startTimeoutMs} ms: ${reason}`, { cause: error }));
        log.warn({ brokers, reason }, 'the topics cannot be opened yet; it is tried again');
        await pause(START_RETRY_MS);
      }
    }
  }

  async append(topic: TopicSpec, records: readonly LogRecord[]): Promise<void> {
    const { appender, partitions } = this.opened(topic);
    await appender.append(records.map((record) => ({ ...record, partition: partitionOfKey(record.key, partitions) })));
  }

  async consume(topic: TopicSpec, options: ConsumeOptions): Promise<Consumer> {
    const { settings: { topicPrefix, sessionTimeoutMs, log } } = this;
    const { partitions, ranges } = this.opened(topic);
    // What is appended when this has resolved lies behind the ends that are found now.
    const ends = options.from === 'latest' ? await ranges.read() : undefined;
    // Nothing is ever committed to a group, so the broker forgets it when its last member has left.
    const group = topicPrefix + options.group + (ends ? `.${randomUUID()}` : '');
    const consumer = new GroupConsumer({
      kafka: this.consuming, topic: topicPrefix + topic.name, group, sessionTimeoutMs, ranges, log,
      partitionConsumers: (fetching) => Array.from({ length: partitions }, (_, partition) => new PartitionConsumer(topic.name, partition, options, ranges, fetching, ends?.get(partition)?.end ?? 0)),
    });
    this.consumers.add(consumer);
    return {
      stop: async () => {
        this.consumers.delete(consumer);
        await consumer.stop();
      },
    };
  }

  partitionOf(topic: TopicSpec, key: string): number {
    return partitionOfKey(key, this.partitionCount(topic));
  }

  partitionCount(topic: TopicSpec): number {
    return this.opened(topic).partitions;
  }

  async ends(topic: TopicSpec): Promise<readonly number[]> {
    const { partitions, ranges } = this.opened(topic);
    const found = await ranges.read();
    return Array.from({ length: partitions }, (_, partition) => {
      const range = found.get(partition);
      if (!range) throw new EventLogUnavailableError(new Error(`it does not know the end of ${topic.name}/${partition} now`));
      return range.end;
    });
  }

  async lag(topic: TopicSpec, progress: Progress): Promise<number> {
    const { partitions, ranges } = this.opened(topic);
    // In this order: what is passed meanwhile was appended meanwhile.
    const passed = await Promise.all(Array.from({ length: partitions }, (_, partition) => progress.read(partition)));
    const ends = await ranges.read();
    return passed.reduce((lag, next, partition) => lag + (ends.get(partition)?.end ?? next) - next, 0);
  }

  async ping(): Promise<void> {
    await (this.pinging ??= this.askForBrokers().finally(() => (this.pinging = undefined)));
  }

  /** Stops what consumes, lets what is being appended end. */
  async close(): Promise<void> {
    await Promise.all([...this.consumers].map((consumer) => consumer.stop()));
    this.consumers.clear();
    await Promise.all([...this.topics.values()].map(({ appender }) => appender.idle()));
    await Promise.all([this.producer.close(), this.admin.close(), this.pinger.close()]);
  }

  /** One broker that hangs is not the log: the next try goes through a new client, to another one. */
  private async askForBrokers(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.pinger.use('Asking Kafka for its brokers', (admin) => admin.describeCluster());
        return;
      } catch (error) {
        if (tries === PING_TRIES) throw new EventLogUnavailableError(error);
      }
    }
  }

  private opened({ name }: TopicSpec): OpenTopic {
    const topic = this.topics.get(name);
    if (!topic) throw new Error(`Topic ${name} was not opened with this log.`);
    return topic;
  }
}

/** kafkajs puts the errors of several topics into one that says nothing. */
function reasonOf(error: Error & { errors?: readonly (Error & { topic?: string })[] }): string {
  return error.errors?.map(({ topic, message }) => `${topic}: ${message}`).join('; ') ?? error.message;
}
