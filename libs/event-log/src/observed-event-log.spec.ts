import { renderMetrics, startTrace, startTracing, withSpan, type RunningTracing } from '@isocenter/telemetry';
import { startTraceCollector, type CollectedSpan, type TraceCollector } from '@isocenter/telemetry/trace-collector';
import { StandaloneFile } from '@isocenter/standalone-file';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventLog, LogBatch, LogRecord } from './event-log.js';
import { observedEventLog } from './observed-event-log.js';
import { eventLogSchema } from './sqlite/schema.js';
import { SqliteEventLog } from './sqlite/sqlite-event-log.js';
import type { TopicSpec } from './topics.js';

const topic: TopicSpec = { name: 'observed.v1', partitions: { distributed: 1, standalone: 1 }, retention: 1_000 };
const sampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const record = (value: string, headers: Record<string, string> = {}): LogRecord => ({ key: 'k', headers, value: Buffer.from(value) });

let folder: string;
let file: StandaloneFile;
let log: EventLog;
let collector: TraceCollector;
let tracing: RunningTracing;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-observed-'));
  file = StandaloneFile.open(folder, [eventLogSchema]);
  log = observedEventLog(await SqliteEventLog.open(file, [topic]), 'sqlite');
  collector = await startTraceCollector();
});
afterEach(async () => {
  await tracing?.stop();
  await Promise.all([file.close(), collector.close()]);
  await rm(folder, { recursive: true });
});

const trace = async (): Promise<void> => {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
  tracing = await startTracing('test', () => undefined as never);
};

/** What a consumer is handed over until it has had `count` records; `fail` rejects the first so many batches. */
const consume = async (count: number, fail = 0): Promise<LogBatch['records']> => {
  const { promise: had, resolve } = Promise.withResolvers<void>();
  const records: LogBatch['records'][number][] = [];
  let failures = fail;
  const consumer = await log.consume(topic, {
    group: 'g', from: { read: async () => 0 }, maxBatchBytes: 1_000_000, onError: () => undefined,
    onBatch: async (batch) => {
      if (failures-- > 0) throw new TypeError('not now');
      records.push(...batch.records);
      if (records.length >= count) resolve();
    },
  });
  await had;
  await consumer.stop();
  return records;
};
const spans = async (name: string): Promise<readonly CollectedSpan[]> => {
  await tracing.stop();
  return collector.spans.filter((span) => span.name === name);
};

describe('observedEventLog', () => {
  it('given records, when they are appended and handled, then both are counted and timed by topic', async () => {
    await log.append(topic, [record('1'), record('2')]);
    await consume(2);
    await log.ping();
    const page = await renderMetrics();
    expect(page).toMatch(/event_log_records_total\{operation="append",topic="observed.v1"\} 2/);
    expect(page).toMatch(/event_log_records_total\{operation="handle",topic="observed.v1"\} 2/);
    for (const labels of ['operation="append",topic="observed.v1",outcome="done"', 'operation="handle",topic="observed.v1",outcome="done"', 'operation="ping",outcome="done"']) {
      expect(page).toContain(`event_log_operation_seconds_count{${labels}}`);
    }
  });

  it('given traces are off, then headers come as they were sent', async () => {
    await log.append(topic, [record('1', { traceparent: sampled }), record('2', { ce_id: 'a' })]);
    expect((await consume(2)).map(({ headers }) => headers)).toEqual([{ traceparent: sampled }, { ce_id: 'a' }]);
  });

  it('given a record with a trace of its own among others, then it keeps it, and sending and handling are spans below it', async () => {
    await trace();
    await log.append(topic, [record('1'), record('2', { traceparent: sampled })]);
    const [plain, traced] = await consume(2);
    const [send, ...others] = await spans('send observed.v1');
    const [process] = await spans('process observed.v1');
    expect(others).toEqual([]);
    expect(send).toMatchObject({ kind: 4, traceId: sampled.slice(3, 35), parentSpanId: sampled.slice(36, 52), attributes: { 'messaging.system': 'sqlite', 'messaging.destination.name': 'observed.v1' } });
    expect(process).toMatchObject({ kind: 5, traceId: sampled.slice(3, 35), parentSpanId: sampled.slice(36, 52), attributes: { 'messaging.consumer.group.name': 'g', 'messaging.destination.partition.id': '0' } });
    expect(plain!.headers).toEqual({});
    expect(traced!.headers.traceparent).toBe(`00-${process!.traceId}-${process!.spanId}-01`);
  });

  it('given a record without a trace that is appended in one, then it goes on with that', async () => {
    await trace();
    const request = startTrace('POST', sampled);
    await withSpan(request, () => log.append(topic, [record('1')]));
    await consume(1);
    const [send] = await spans('send observed.v1');
    const [process] = await spans('process observed.v1');
    expect([send!.parentSpanId, process!.parentSpanId]).toEqual([request!.spanContext().spanId, send!.spanId]);
  });

  it('given a handler that fails, then the handling that failed is a span too', async () => {
    await trace();
    await log.append(topic, [record('1', { traceparent: sampled })]);
    await consume(1, 1);
    expect((await spans('process observed.v1')).map(({ status, attributes }) => [status, attributes['error.type']])).toEqual([[2, 'TypeError'], [0, undefined]]);
    expect(await renderMetrics()).toContain('operation="handle",topic="observed.v1",outcome="error"');
  });
});
