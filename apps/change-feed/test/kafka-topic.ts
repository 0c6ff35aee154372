import { TOPICS } from '@isocenter/event-log';
import { KafkaEventLog } from '@isocenter/event-log/kafka';
import { createLogger } from '@isocenter/telemetry';
import { randomUUID } from 'node:crypto';

/** The topics of one test on a real Kafka, under a prefix of their own. What remains of them goes with the servers. */
export class KafkaTopic {
  readonly prefix = `test-${randomUUID()}.`;
  readonly name = this.prefix + TOPICS.changeFeed.name;
  private readonly counts = new Map<string, number>();

  constructor(readonly brokers = brokersUnderTest()) {}

  open(): Promise<KafkaEventLog> {
    const partitionCounts = {
      read: async (topic: string) => this.counts.get(topic),
      store: async (topic: string, count: number) => {
        this.counts.set(topic, this.counts.get(topic) ?? count);
        return this.counts.get(topic)!;
      },
    };
    const log = createLogger({ level: 'silent', service: 'test' });
    return KafkaEventLog.open({ brokers: this.brokers.split(','), clientId: 'isocenter-test', topicPrefix: this.prefix, replication: 1, minInsyncReplicas: 1, partitionCounts, log }, [TOPICS.changeFeed, TOPICS.deadLetters]);
  }
}

function brokersUnderTest(): string {
  const brokers = process.env['KAFKA_BROKERS'];
  if (!brokers) throw new Error('KAFKA_BROKERS is not set: these tests need a real Kafka. Run them with npm run test:stack.');
  return brokers;
}
