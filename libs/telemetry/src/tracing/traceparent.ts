import { TraceFlags, isSpanContextValid, type SpanContext } from '@opentelemetry/api';

/** W3C Trace Context, level 1, section 3.2.2. Later versions may have more behind the flags, version 00 may not. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const LONGEST = 128;

/** `tracestate` goes nowhere: it is text of others, and may hold anything. */
export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${isSampled(traceFlags) ? '01' : '00'}`;
}

/** Undefined when it is none. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  if (text === undefined || text.length > LONGEST) return undefined;
  const match = TRACEPARENT.exec(text);
  if (!match || (match[1] === '00' && match[5] !== undefined)) return undefined;
  const context: SpanContext = { traceId: match[2]!, spanId: match[3]!, traceFlags: Number.parseInt(match[4]!, 16) & TraceFlags.SAMPLED, isRemote: true };
  return isSpanContextValid(context) ? context : undefined;
}

function isSampled(flags: number): boolean {
  return (flags & TraceFlags.SAMPLED) !== 0;
}
