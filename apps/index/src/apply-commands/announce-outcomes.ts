import { encodeOutcomes, uuidv7 } from '@isocenter/commands';
import { TOPICS, type EventLog, type LogBatch, type LogRecord } from '@isocenter/event-log';
import type { Logger } from '@isocenter/telemetry';
import { countDeadLetters } from '../metrics.js';
import type { DeadLetter } from './apply-batch.js';
import type { AppliedCommand } from './plan-transaction.js';

/** Tells each asking replica how its commands were decided. A hint may be lost: the decision is in the store. */
export async function announceOutcomes(eventLog: EventLog, decided: readonly AppliedCommand[]): Promise<void> {
  const records = [...Map.groupBy(decided, ({ asker }) => asker ?? '')].flatMap(([asker, commands]): LogRecord[] => {
    if (asker === '') return [];
    const headers = { ce_specversion: '1.0', ce_id: uuidv7(), ce_type: 'isocenter.commands-decided.v1', ce_source: '/isocenter/index', 'content-type': 'application/json' };
    return [{ key: asker, headers, value: encodeOutcomes(commands) }];
  });
  if (records.length > 0) await eventLog.append(TOPICS.instanceOutcomes, records);
}

/** Keeps what could not be read, with where it stood; the log line names the place, never the content. */
export async function announceDeadLetters(eventLog: EventLog, { topic, partition }: LogBatch, letters: readonly DeadLetter[], log: Logger): Promise<void> {
  for (const { record, error } of letters) log.error({ err: error, topic, partition, offset: record.offset }, 'dead letter');
  await eventLog.append(TOPICS.deadLetters, letters.map(({ record }) => ({
    key: record.key, value: record.value, headers: { ...record.headers, 'dead-topic': topic, 'dead-partition': String(partition), 'dead-offset': String(record.offset) },
  })));
  countDeadLetters(topic, letters.length);
}
