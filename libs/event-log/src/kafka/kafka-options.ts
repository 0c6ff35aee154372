import type { Logger } from '@isocenter/telemetry';
import type { ConnectionOptions } from 'node:tls';

/** Where the number of partitions of each topic is kept: beside what was written under it, in metadata. Topics by their name without prefix. */
export interface PartitionCounts {
  read(topic: string): Promise<number | undefined>;
  /** Keeps the count unless one is kept already; resolves with the one that is kept. */
  store(topic: string, count: number): Promise<number>;
}

export interface KafkaOptions {
  /** `host:port`; some of the cluster's brokers are enough. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly tls?: boolean | ConnectionOptions;
  readonly sasl?: { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; readonly username: string; readonly password: string };
  /** Stands before the names of topics and groups. */
  readonly topicPrefix?: string;
  /** Of topics that are created here. */
  readonly replication: number;
  readonly minInsyncReplicas: number;
  readonly partitionCounts: PartitionCounts;
  readonly log: Logger;
  /** An append is acknowledged or rejected within so many milliseconds. */
  readonly appendDeadlineMs?: number;
  /** A consumer that is silent for so long loses its partitions to the others of its group; the broker allows 6 s and more by default. */
  readonly sessionTimeoutMs?: number;
  /** How long `open` waits for a broker. */
  readonly startTimeoutMs?: number;
}

export const DEFAULTS = { topicPrefix: '', appendDeadlineMs: 5_000, sessionTimeoutMs: 6_000, startTimeoutMs: 60_000 };

export type KafkaSettings = KafkaOptions & typeof DEFAULTS;
