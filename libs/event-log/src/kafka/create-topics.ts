import type { Admin, ITopicConfig } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { PartitionCountError } from '../errors.js';
import type { TopicSpec } from '../topics.js';
import type { KafkaSettings } from './kafka-options.js';
import { MAX_BATCH_BYTES } from './topic-appender.js';

const DAY = 86_400_000;
/** A topic that was created is known to all brokers after a moment. */
const KNOWN_TRIES = 30;
const KNOWN_RETRY_MS = 100;
/** Head of a record batch. */
const BATCH_OVERHEAD_BYTES = 100;

/** Makes the topics that are not there; resolves with the number of partitions of each, by its name without prefix. */
export async function createTopics(admin: Admin, topics: readonly TopicSpec[], settings: KafkaSettings): Promise<ReadonlyMap<string, number>> {
  const { topicPrefix, partitionCounts } = settings;
  const stored = new Map<string, number | undefined>();
  for (const { name } of topics) stored.set(name, await partitionCounts.read(name));

  const before = await findCounts(admin);
  const missing = topics.filter(({ name }) => !before.has(topicPrefix + name));
  // kafkajs waits for leaders by asking once, and fails while the brokers do not know the topic yet.
  if (missing.length > 0) await admin.createTopics({ topics: missing.map((topic) => topicConfig(topic, stored.get(topic.name), settings)), waitForLeaders: false });

  let found = before;
  for (let tries = 0; tries < KNOWN_TRIES && missing.some(({ name }) => !found.has(topicPrefix + name)); tries += 1) {
    if (tries > 0) await pause(KNOWN_RETRY_MS);
    found = await findCounts(admin);
  }
  const counts = new Map<string, number>();
  for (const { name } of topics) {
    const count = found.get(topicPrefix + name);
    if (count === undefined) throw new Error(`topic ${topicPrefix}${name} was created, and is not there yet`);
    const kept = stored.get(name) ?? (await partitionCounts.store(name, count));
    if (kept !== count) throw new PartitionCountError(topicPrefix + name, count, kept);
    counts.set(name, count);
  }
  return counts;
}

async function findCounts(admin: Admin): Promise<ReadonlyMap<string, number>> {
  const { topics } = await admin.fetchTopicMetadata();
  return new Map(topics.map(({ name, partitions }) => [name, partitions.length]));
}

function topicConfig({ name, partitions, retention }: TopicSpec, stored: number | undefined, { topicPrefix, replication, minInsyncReplicas }: KafkaSettings): ITopicConfig {
  const config: Record<string, string | number | boolean> = {
    'cleanup.policy': 'delete',
    'retention.ms': retention === 'forever' ? -1 : retention,
    'retention.bytes': -1,
    // Whole segments are deleted: one is closed early enough to go when its records are due.
    ...(retention !== 'forever' && { 'segment.ms': Math.min(retention / 4, DAY) }),
    // Kept for so long after they were appended, whatever a sender's clock says.
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': MAX_BATCH_BYTES + BATCH_OVERHEAD_BYTES,
    'min.insync.replicas': minInsyncReplicas,
    // What was acknowledged is never given up for a replica that does not have it.
    'unclean.leader.election.enable': false,
  };
  return {
    topic: topicPrefix + name,
    numPartitions: stored ?? partitions.distributed,
    replicationFactor: replication,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value: String(value) })),
  };
}
