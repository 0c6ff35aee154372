import type { Settings } from '@isocenter/config';
import { observedEventLog, TOPICS, type EventLog, type TopicSpec } from '@isocenter/event-log';
import type { PartitionCounts } from '@isocenter/event-log/kafka';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { Logger } from '@isocenter/telemetry';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

type KafkaSettings = Settings<'ingest' | 'index' | 'change-feed'>;

/** The log in Kafka. Its client is loaded here, so that services without it, and standalone, do not load it. */
export async function openEventLog(settings: KafkaSettings, service: string, store: MetadataStore, log: Logger): Promise<EventLog & { close(): Promise<void> }> {
  const { KafkaEventLog } = await import('@isocenter/event-log/kafka');
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = settings;
  const eventLog = await KafkaEventLog.open({
    brokers: settings.kafkaBrokers,
    clientId: `isocenter-${service}`,
    tls: tlsOf(settings),
    ...(mechanism !== undefined && username !== undefined && password !== undefined && { sasl: { mechanism, username, password } }),
    topicPrefix: settings.kafkaTopicPrefix,
    replication: settings.kafkaReplication,
    minInsyncReplicas: settings.kafkaMinInsync,
    partitionCounts: countsIn(store),
    log,
    // One try: OpeningPort has the patience.
    startTimeoutMs: 0,
  }, topicsOf(settings));
  return { ...observedEventLog(eventLog, 'kafka'), close: () => eventLog.close() };
}

/** The table of topics; for how long the public one is kept is for the operator to say, when it is created. */
export function topicsOf({ changeFeedRetentionMs }: Pick<KafkaSettings, 'changeFeedRetentionMs'>): TopicSpec[] {
  return Object.values({ ...TOPICS, changeFeed: { ...TOPICS.changeFeed, retention: changeFeedRetentionMs || 'forever' as const } });
}

function tlsOf({ kafkaTls, kafkaTlsCa, kafkaTlsCert, kafkaTlsKey }: KafkaSettings): boolean | ConnectionOptions {
  if (!kafkaTls) return false;
  return {
    ...(kafkaTlsCa !== undefined && { ca: readFileSync(kafkaTlsCa) }),
    ...(kafkaTlsCert !== undefined && kafkaTlsKey !== undefined && { cert: readFileSync(kafkaTlsCert), key: readFileSync(kafkaTlsKey) }),
  };
}

/** The numbers of partitions stand with what was written under them, so that a topic that was made anew with another one is noticed. */
export function countsIn(store: MetadataStore): PartitionCounts {
  const read = async (topic: string): Promise<number | undefined> => (await store.readCursor(cursorOf(topic)))?.position;
  return {
    read,
    // Of two processes that start at the same time the first one's row stays.
    store: async (topic, count) => {
      const outcome = await store.commit({ writes: [{ op: 'insert', table: 'cursors', row: { name: cursorOf(topic), position: count, detail: '' } }] });
      return outcome.committed ? count : ((await read(topic)) ?? count);
    },
  };
}

function cursorOf(topic: string): string {
  return `topic-partitions/${topic}`;
}
