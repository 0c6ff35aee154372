import { createLogger, type Logger } from '@isocenter/telemetry';
import { Kafka, logLevel, type Admin } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { KafkaEventLog, type KafkaOptions, type PartitionCounts } from '../src/kafka/index.js';
import type { TopicSpec } from '../src/topics.js';

export function brokersUnderTest(): string[] {
  const brokers = process.env['KAFKA_BROKERS'];
  if (!brokers) throw new Error('KAFKA_BROKERS is not set: these tests need a real Kafka. Run them with npm run test:stack.');
  return brokers.split(',');
}

/** Partition counts as metadata keeps them: the first that is stored stays. */
export class CountsInMemory implements PartitionCounts {
  readonly counts = new Map<string, number>();

  async read(topic: string): Promise<number | undefined> {
    return this.counts.get(topic);
  }

  async store(topic: string, count: number): Promise<number> {
    if (!this.counts.has(topic)) this.counts.set(topic, count);
    return this.counts.get(topic)!;
  }
}

/** Topics and groups of one test, under a prefix of their own. */
export class KafkaUnderTest {
  readonly prefix = `test-${randomUUID()}.`;
  readonly partitionCounts = new CountsInMemory();
  readonly warnings: string[] = [];
  private readonly logs: KafkaEventLog[] = [];
  private connected: Promise<Admin> | undefined;

  constructor(private readonly topics: readonly TopicSpec[], private readonly over: Partial<KafkaOptions> = {}) {}

  /** Another process on the same topics. */
  async open(over: Partial<KafkaOptions> = {}): Promise<KafkaEventLog> {
    const log = await KafkaEventLog.open({
      brokers: brokersUnderTest(), clientId: 'isocenter-test', topicPrefix: this.prefix, replication: 1, minInsyncReplicas: 1,
      partitionCounts: this.partitionCounts, log: this.logger(), ...this.over, ...over,
    }, this.topics);
    this.logs.push(log);
    return log;
  }

  /** A client of its own, for what an operator does to the broker. */
  admin(): Promise<Admin> {
    return (this.connected ??= this.connect());
  }

  /** What retention does: records below `offset` are gone. */
  async deleteRecords(topic: TopicSpec, partition: number, offset: number): Promise<void> {
    const admin = await this.admin();
    // kafkajs deletes only in topics whose metadata it happens to have.
    await admin.fetchTopicOffsets(this.nameOf(topic));
    await admin.deleteTopicRecords({ topic: this.nameOf(topic), partitions: [{ partition, offset: String(offset) }] });
  }

  nameOf(topic: TopicSpec): string {
    return this.prefix + topic.name;
  }

  /** Closes what was opened and removes the topics. */
  async close(): Promise<void> {
    await Promise.all(this.logs.map((log) => log.close()));
    const admin = await this.admin();
    const mine = async (): Promise<string[]> => (await admin.listTopics()).filter((name) => name.startsWith(this.prefix));
    // One that is listed and gone already fails the request for all.
    for (let topics = await mine(); topics.length > 0; topics = await mine()) await admin.deleteTopics({ topics }).catch(() => undefined);
    await admin.disconnect();
  }

  private async connect(): Promise<Admin> {
    const admin = new Kafka({ brokers: brokersUnderTest(), clientId: 'isocenter-test-operator', logLevel: logLevel.NOTHING, retry: { initialRetryTime: 50, retries: 3 } }).admin();
    await admin.connect();
    return admin;
  }

  private logger(): Logger {
    return createLogger({ level: 'warn', service: 'test', destination: { write: (line) => void this.warnings.push(line) } });
  }
}
