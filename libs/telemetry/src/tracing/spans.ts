import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace, type Attributes, type Span, type SpanContext, type Tracer } from '@opentelemetry/api';
import { AsyncLocalStorage } from 'node:async_hooks';
import { formatTraceparent, parseTraceparent } from './traceparent.js';

export type { Span };

export interface SpanOptions {
  /** INTERNAL when absent. */
  readonly kind?: keyof typeof SpanKind;
  /** Names of OpenTelemetry's semantic conventions, or below `isocenter.`. Never a value of a patient, never a UID. */
  readonly attributes?: Attributes;
}

/** Undefined while traces are off: then nothing of what follows does anything. */
let tracer: Tracer | undefined;
const active = new AsyncLocalStorage<Span>();

export function makeSpansWith(made: Tracer | undefined): void {
  tracer = made;
}

export function isTracing(): boolean {
  return tracer !== undefined;
}

/** A span that begins a trace, or goes on with the one that the caller names in `traceparent`; for what comes from outside. */
export function startTrace(name: string, traceparent: string | undefined, options?: SpanOptions): Span | undefined {
  if (tracer === undefined) return undefined;
  return begin(tracer, name, parseTraceparent(traceparent), options);
}

/**
 * A span below another: the active one, or that of a message's `traceparent`. Undefined when there is none that is
 * recorded, so that what a service does by itself begins no traces. Whoever begins it ends it with `endSpan`.
 */
export function startSpan(name: string, options?: SpanOptions, parent: Span | string | undefined = active.getStore()): Span | undefined {
  if (tracer === undefined || parent === undefined) return undefined;
  const context = typeof parent === 'string' ? parseTraceparent(parent) : parent.spanContext();
  return context !== undefined && isSampled(context) ? begin(tracer, name, context, options) : undefined;
}

/** `error`: what ended it, or the name of that; undefined when it went well. An error's text is not kept: it may quote what was sent. */
export function endSpan(span: Span | undefined, error?: unknown): void {
  if (span === undefined) return;
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', error instanceof Error ? error.name : typeof error === 'string' ? error : '_OTHER');
  span.end();
}

/** Runs with the span as the active one, also behind every `await` of it. */
export function withSpan<T>(span: Span | undefined, run: () => T): T {
  return span === undefined ? run() : active.run(span, run);
}

/** Runs within a span below the active one. */
export function inSpan<T>(name: string, options: SpanOptions | undefined, run: (span: Span | undefined) => Promise<T>): Promise<T> {
  const span = startSpan(name, options);
  return span === undefined ? run(undefined) : endSpansWith([span], active.run(span, run, span));
}

/**
 * The same work in several traces: it runs once, and is a span below each of the parents (`traceparent`) that there is.
 * `describe`: what the spans say of the result.
 */
export function inSpans<T>(name: string, parents: Iterable<string | undefined>, run: () => Promise<T>, describe: (result: T) => Attributes): Promise<T> {
  if (tracer === undefined) return run();
  const spans = [...parents].flatMap((parent) => startSpan(name, undefined, parent ?? '') ?? []);
  return endSpansWith(spans, run(), describe);
}

/** Ends the spans with the work that they are about. */
export async function endSpansWith<T>(spans: readonly Span[], work: Promise<T>, describe?: (result: T) => Attributes): Promise<T> {
  let failure: unknown;
  try {
    const result = await work;
    if (describe !== undefined) for (const span of spans) span.setAttributes(describe(result));
    return result;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    for (const span of spans) endSpan(span, failure);
  }
}

/** As `traceparent` of a request or message (W3C Trace Context). */
export function traceparentOf(span: Span): string {
  return formatTraceparent(span.spanContext());
}

/** What a line of the log says of the active span. */
export function activeTraceIds(): { trace_id: string; span_id: string } | object {
  const context = active.getStore()?.spanContext();
  return context !== undefined && isSampled(context) ? { trace_id: context.traceId, span_id: context.spanId } : {};
}

function begin(from: Tracer, name: string, parent: SpanContext | undefined, { kind = 'INTERNAL', attributes }: SpanOptions = {}): Span {
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
  return from.startSpan(name, { kind: SpanKind[kind], ...(attributes && { attributes }) }, context);
}

function isSampled({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
