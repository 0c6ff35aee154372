/**
 * A consumer in a process of its own, that a test can stop by a signal; its database is the parent's: it asks for `next`
 * and for the conditional move of a batch by messages.
 */
import { createLogger } from '@isocenter/telemetry';
import { KafkaEventLog, type KafkaOptions } from '../src/kafka/index.js';
import type { TopicSpec } from '../src/topics.js';

export interface ChildTask {
  readonly options: Pick<KafkaOptions, 'brokers' | 'topicPrefix' | 'sessionTimeoutMs'>;
  readonly topic: TopicSpec;
  readonly partitions: number;
  readonly group: string;
}

/** From the child: `next` or `commit` with a number, answered under that number; or `error`. */
export type FromChild =
  | { readonly ask: 'next'; readonly id: number; readonly partition: number }
  | { readonly ask: 'commit'; readonly id: number; readonly partition: number; readonly first: number; readonly end: number; readonly values: readonly string[] }
  | { readonly ask: 'report'; readonly error: string };

export interface ToChild {
  readonly id: number;
  readonly next?: number;
  readonly refused?: boolean;
}

const { options, topic, partitions, group } = JSON.parse(process.argv[2]!) as ChildTask;
const answers = new Map<number, (answer: ToChild) => void>();
let asked = 0;
const ask = (question: { ask: 'next'; partition: number } | { ask: 'commit'; partition: number; first: number; end: number; values: readonly string[] }): Promise<ToChild> => new Promise((resolve) => {
  const id = (asked += 1);
  answers.set(id, resolve);
  process.send!({ ...question, id });
});
process.on('message', (answer: ToChild) => answers.get(answer.id)?.(answer));

const log = await KafkaEventLog.open({
  ...options, clientId: 'isocenter-test-child', replication: 1, minInsyncReplicas: 1, log: createLogger({ level: 'fatal', service: 'child' }),
  partitionCounts: { read: async () => partitions, store: async () => partitions },
}, [topic]);
await log.consume(topic, {
  group, maxBatchBytes: 1_000_000,
  from: { read: async (partition) => (await ask({ ask: 'next', partition })).next! },
  onBatch: async ({ partition, first, end, records }) => {
    const { refused } = await ask({ ask: 'commit', partition, first, end, values: records.map(({ value }) => value.toString()) });
    if (refused) throw new Error('next has moved');
  },
  onError: (error) => process.send!({ ask: 'report', error: error.message }),
});
