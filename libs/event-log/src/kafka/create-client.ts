import { Kafka, logLevel, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { KafkaSettings } from './kafka-options.js';
import { logForKafkajs } from './log-for-kafkajs.js';
import { quietIdleTimer } from './quiet-idle-timer.js';

const CONNECT_MS = 3_000;

/** Retries of one call, 3 s of pauses in all; who needs more asks again. */
export const RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 800, retries: 6 };
/** For half a minute: a member that is still there after a restart of the broker need not be missed first by its group. */
export const CONSUMER_RETRY: RetryOptions = { ...RETRY, retries: 40, restartOnFailure: async () => false };

export function createClient({ brokers, clientId, tls, sasl, log, appendDeadlineMs }: KafkaSettings, retry: RetryOptions): Kafka {
  quietIdleTimer();
  return new Kafka({
    brokers: [...brokers], clientId, ssl: tls, sasl: sasl as SASLOptions | undefined,
    connectionTimeout: CONNECT_MS, authenticationTimeout: CONNECT_MS,
    // A broker that was stopped without closing its connections answers nothing: asked elsewhere after this.
    requestTimeout: appendDeadlineMs,
    retry,
    logLevel: logLevel.WARN, logCreator: logForKafkajs(log),
  });
}
