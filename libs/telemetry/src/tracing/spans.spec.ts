import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, type Logger } from '../index.js';
import { startTraceCollector, type CollectedSpan, type TraceCollector } from '../trace-collector.js';
import { endSpan, inSpan, inSpans, isTracing, startSpan, startTrace, traceparentOf, withSpan, type Span } from './spans.js';
import { startTracing, type RunningTracing } from './start-tracing.js';

const sampled = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const lines: string[] = [];
const logger = (): Logger => createLogger({ level: 'info', service: 'test', destination: { write: (line) => void lines.push(line) } });
let collector: TraceCollector;
let tracing: RunningTracing;
beforeAll(async () => {
  collector = await startTraceCollector();
});
afterAll(() => collector.close());

/** The exporter reads the environment of the process. */
const start = (env: Record<string, string> = {}): Promise<RunningTracing> => {
  for (const name of Object.keys(process.env)) if (name.startsWith('OTEL_')) delete process.env[name];
  Object.assign(process.env, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint, ...env });
  return startTracing('test', logger);
};
const sent = async (): Promise<CollectedSpan[]> => {
  const before = collector.spans.length;
  await tracing.stop();
  return collector.spans.slice(before);
};

describe('while traces are off', () => {
  it('given whatever there is to trace, then no span is made and all of it runs', async () => {
    await start({ OTEL_SDK_DISABLED: 'true' });
    expect([isTracing(), startTrace('GET', sampled), startSpan('x', undefined, sampled)]).toEqual([false, undefined, undefined]);
    expect(withSpan(undefined, () => 1)).toBe(1);
    expect(await inSpan('x', undefined, async (span) => span)).toBeUndefined();
    endSpan(undefined, new Error('x'));
  });

  it('given a logger, then its lines have no ids', () => {
    lines.length = 0;
    logger().info({}, 'a line');
    expect(JSON.parse(lines[0]!)).not.toHaveProperty('trace_id');
  });
});

describe('while traces are on', () => {
  beforeEach(async () => {
    tracing = await start();
  });
  afterEach(() => tracing.stop());

  it('given a caller with a trace, then spans below it, each below the one that was active, also behind an await', async () => {
    const server = startTrace('GET /a', sampled, { kind: 'SERVER', attributes: { 'http.route': '/a' } });
    await withSpan(server, async () => {
      await inSpan('outer', undefined, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        endSpan(startSpan('inner'));
      });
    });
    endSpan(server);
    const spans = await sent();
    const [inner, outer, root] = ['inner', 'outer', 'GET /a'].map((name) => spans.find((span) => span.name === name)!) as [CollectedSpan, CollectedSpan, CollectedSpan];
    expect(root).toMatchObject({ service: 'isocenter-test', kind: 2, traceId: sampled.slice(3, 35), parentSpanId: sampled.slice(36, 52), attributes: { 'http.route': '/a' } });
    expect([inner.parentSpanId, outer.parentSpanId]).toEqual([outer.spanId, root.spanId]);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it('given no caller with a trace, then one begins; given work without a request, then none', async () => {
    expect(startSpan('background')).toBeUndefined();
    endSpan(startTrace('GET', 'nonsense'));
    expect(await sent()).toMatchObject([{ name: 'GET', parentSpanId: '' }]);
  });

  it('given a message of another process, then a span below its traceparent; given one that is not sampled, then none', async () => {
    const span = startSpan('process', undefined, sampled);
    expect(startSpan('process', undefined, sampled.replace(/1$/, '0'))).toBeUndefined();
    expect(startSpan('process', undefined, 'nonsense')).toBeUndefined();
    endSpan(span);
    expect(traceparentOf(span!).slice(0, 36)).toBe(sampled.slice(0, 36));
    expect(await sent()).toMatchObject([{ name: 'process', parentSpanId: sampled.slice(36, 52) }]);
  });

  it('given work that fails, then its span says the name of the error and nothing of its text, and the error goes on', async () => {
    const failing = withSpan(startTrace('GET', undefined), () => inSpan('fails', undefined, async () => {
      throw new TypeError('Doe^John');
    }));
    await expect(failing).rejects.toThrow('Doe^John');
    expect(await sent()).toMatchObject([{ name: 'fails', status: 2, attributes: { 'error.type': 'TypeError' } }]);
    expect(collector.bodies.join()).not.toContain('Doe');
  });

  it('given work that is of several traces, then it runs once and is a span in each that is sampled', async () => {
    const other = sampled.replace('4bf9', '5bf9');
    let runs = 0;
    expect(await inSpans('commit', [sampled, undefined, other, 'nonsense'], async () => (runs += 1), (result) => ({ result }))).toBe(1);
    expect((await sent()).map(({ name, traceId, attributes }) => [name, traceId, attributes.result])).toEqual([['commit', sampled.slice(3, 35), 1], ['commit', other.slice(3, 35), 1]]);
  });

  it('given a line of the log, then it has the ids of the active span, and outside of one none', () => {
    lines.length = 0;
    const log = logger();
    const span = startTrace('GET', sampled) as Span;
    withSpan(span, () => log.info({}, 'within'));
    log.info({}, 'outside');
    const [within, outside] = lines.map((line) => JSON.parse(line) as object);
    expect(within).toMatchObject({ trace_id: sampled.slice(3, 35), span_id: span.spanContext().spanId });
    expect(outside).not.toHaveProperty('trace_id');
  });
});

describe('sampling', () => {
  it.each([['always_off', undefined], ['parentbased_always_on', sampled.replace(/1$/, '0')], ['traceidratio', undefined]])('given %s and a caller that says %s, then nothing is sent, and who answers behind is told so', async (sampler, traceparent) => {
    tracing = await start({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' });
    const span = startTrace('GET', traceparent)!;
    expect(traceparentOf(span)).toMatch(/-00$/);
    withSpan(span, () => expect(startSpan('below')).toBeUndefined());
    endSpan(span);
    expect(await sent()).toEqual([]);
  });
});

describe('a collector that is away', () => {
  it('given spans, then the process goes on, and one line says that they are lost', async () => {
    lines.length = 0;
    tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_TIMEOUT: '200' });
    endSpan(startTrace('GET', undefined));
    await tracing.stop();
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['spans could not be sent to the collector and are lost']);
  });
});
