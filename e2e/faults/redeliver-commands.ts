import { TOPICS, type EventLog, type LogBatch, type StoredRecord } from '@isocenter/event-log';
import { KafkaEventLog } from '@isocenter/event-log/kafka';
import { createLogger } from '@isocenter/telemetry';
import type { Random } from '../support/random.js';
import { shuffled } from './plan-faults.js';

/** Newest commands of each partition that are sent again. */
const newest = 20;

/** Appends commands once more, as they were, in another order; resolves with their number. */
export const redeliverCommands = async (brokers: string, random: Random): Promise<number> => {
  const counts = new Map<string, number>();
  const log = await KafkaEventLog.open({
    brokers: [brokers], clientId: 'isocenter-faults', replication: 1, minInsyncReplicas: 1, log: createLogger({ level: 'silent', service: 'faults' }),
    partitionCounts: { read: async (topic) => counts.get(topic), store: async (topic, count) => (counts.set(topic, count), count) },
  }, [TOPICS.instanceCommands]);
  try {
    const commands = shuffled(await readNewest(log), random);
    await log.append(TOPICS.instanceCommands, commands.map(({ key, headers, value }) => ({ key, headers, value })));
    return commands.length;
  } finally {
    await log.close();
  }
};

const readNewest = async (log: EventLog): Promise<StoredRecord[]> => {
  const topic = TOPICS.instanceCommands;
  const ends = await log.ends(topic);
  const missing = new Set(ends.flatMap((end, partition) => (end > 0 ? [partition] : [])));
  const found: StoredRecord[] = [];
  const { promise: all, resolve, reject } = Promise.withResolvers<void>();
  if (missing.size === 0) resolve();
  const consumer = await log.consume(topic, {
    group: 'faults', maxBatchBytes: 4 * 1024 * 1024,
    from: { read: async (partition) => Math.max(0, ends[partition]! - newest) },
    onBatch: async ({ partition, end, records }: LogBatch) => {
      found.push(...records.filter(({ offset }) => offset < ends[partition]!));
      if (end >= ends[partition]!) missing.delete(partition);
      if (missing.size === 0) resolve();
    },
    onError: reject,
  });
  try {
    await all;
    return found;
  } finally {
    await consumer.stop();
  }
};
