import { Kafka, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { KafkaSettings } from './kafka-options.js';
import { logForKafkajs } from './log-for-kafkajs.js';
import { quietIdleTimer } from './quiet-idle-timer.js';

const CONNECT_MS = 2_500;
/** A broker that hangs keeps its connections and answers nothing; what was asked is asked again after this, elsewhere if it can be. */
const REQUEST_MS = 2_500;

/** Retries of one call, 3 s of pauses in all; who needs more asks again. */
export const RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 800, retries: 6 };
/** For half a minute: a member that is still there after a restart of the broker need not be missed first by its group. */
export const CONSUMER_RETRY: RetryOptions = { ...RETRY, retries: 40, restartOnFailure: async () => false };

export function createClient({ brokers, clientId, tls, sasl, log }: KafkaSettings, retry: RetryOptions): Kafka {
  quietIdleTimer();
  return new Kafka({
    // In another order each time: kafkajs begins with the first, also when that is the one that hangs.
    brokers: async () => shuffle(brokers),
    clientId, ssl: tls, sasl: sasl as SASLOptions | undefined,
    connectionTimeout: CONNECT_MS, authenticationTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    retry,
    logLevel: logLevel.WARN, logCreator: logForKafkajs(log),
  });
}

function shuffle(brokers: readonly string[]): string[] {
  return brokers.map((broker) => ({ broker, at: Math.random() })).sort((a, b) => a.at - b.at).map(({ broker }) => broker);
}
