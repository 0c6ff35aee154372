import { counter, endSpansWith, histogram, isTracing, startSpan, timed, traceparentOf, type Span } from '@isocenter/telemetry';
import { EventLogUnavailableError } from './errors.js';
import type { EventLog, LogBatch, LogRecord } from './event-log.js';
import type { TopicSpec } from './topics.js';

const seconds = histogram('event_log_operation_seconds', 'Seconds of an operation of the event log; handle is a batch in the hands of its consumer');
const counted = counter('event_log_records_total', 'Records appended, and handled by a consumer');

/** `messaging.system` of OpenTelemetry's semantic conventions. */
export type MessagingSystem = 'kafka' | 'sqlite';

/**
 * Any adapter, with its operations counted, timed and traced. A record goes on with a trace of its own (`traceparent`), or
 * with the one in which it is appended, and then says so. A consumer gets each such record with the `traceparent` of its
 * handling: what follows from the record is below that.
 */
export function observedEventLog(log: EventLog, system: MessagingSystem): EventLog {
  return {
    append: (topic, records) => append(log, system, topic, records),
    consume: (topic, options) => log.consume(topic, { ...options, onBatch: (batch) => handle(batch, system, options.group, options.onBatch) }),
    partitionOf: (topic, key) => log.partitionOf(topic, key),
    partitionCount: (topic) => log.partitionCount(topic),
    ends: (topic) => log.ends(topic),
    lag: (topic, progress) => log.lag(topic, progress),
    ping: () => timed(seconds, { operation: 'ping' }, () => log.ping(), outcomeOf),
  };
}

async function append(log: EventLog, system: MessagingSystem, topic: TopicSpec, records: readonly LogRecord[]): Promise<void> {
  const { name } = topic;
  const { sent, spans } = isTracing() ? sendSpans(system, name, records) : { sent: records, spans: [] };
  const appending = timed(seconds, { operation: 'append', topic: name }, () => log.append(topic, sent), outcomeOf);
  await (spans.length > 0 ? endSpansWith(spans, appending) : appending);
  counted.add(records.length, { operation: 'append', topic: name });
}

async function handle(batch: LogBatch, system: MessagingSystem, group: string, onBatch: (batch: LogBatch) => Promise<void>): Promise<void> {
  const { topic } = batch;
  const { records, spans } = isTracing() ? processSpans(system, group, batch) : { records: batch.records, spans: [] };
  const handling = timed(seconds, { operation: 'handle', topic }, () => onBatch({ ...batch, records }), outcomeOf);
  await (spans.length > 0 ? endSpansWith(spans, handling) : handling);
  counted.add(records.length, { operation: 'handle', topic });
}

function sendSpans(system: MessagingSystem, topic: string, records: readonly LogRecord[]): { sent: readonly LogRecord[]; spans: readonly Span[] } {
  const spans: Span[] = [];
  const attributes = attributesOf(system, 'send', topic, records.length);
  const sent = records.map((record) => {
    const own = record.headers.traceparent;
    const span = startSpan(`send ${topic}`, { kind: 'PRODUCER', attributes }, own);
    if (span === undefined) return record;
    spans.push(span);
    return own === undefined ? withTraceparent(record, span) : record;
  });
  return { sent, spans };
}

function processSpans(system: MessagingSystem, group: string, { topic, partition, records }: LogBatch): Pick<LogBatch, 'records'> & { spans: readonly Span[] } {
  const spans: Span[] = [];
  const attributes = { ...attributesOf(system, 'process', topic, records.length), 'messaging.consumer.group.name': group, 'messaging.destination.partition.id': String(partition) };
  const handled = records.map((record) => {
    // Never below what happens to be active: that is not where the record comes from.
    const span = startSpan(`process ${topic}`, { kind: 'CONSUMER', attributes }, record.headers.traceparent ?? '');
    if (span === undefined) return record;
    spans.push(span);
    return withTraceparent(record, span);
  });
  return { records: handled, spans };
}

function attributesOf(system: MessagingSystem, operation: 'send' | 'process', topic: string, count: number): Record<string, string | number> {
  return { 'messaging.system': system, 'messaging.operation.name': operation, 'messaging.operation.type': operation, 'messaging.destination.name': topic, 'messaging.batch.message_count': count };
}

function withTraceparent<R extends LogRecord>(record: R, span: Span): R {
  return { ...record, headers: { ...record.headers, traceparent: traceparentOf(span) } };
}

function outcomeOf(error: unknown): string {
  return error instanceof EventLogUnavailableError ? 'EVENT_LOG_UNAVAILABLE' : 'error';
}
