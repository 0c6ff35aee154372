export { logError, type LoggedError } from './log-error.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export { counter, gauge, histogram, observedCounter, observedGauge, renderMetrics } from './metrics.js';
export { type MetricsServer, startMetrics } from './metrics-server.js';
export { type EndedRequest, ObservedRequest } from './observed-request.js';
export { timed } from './timed.js';
export { endSpan, endSpansWith, inSpan, inSpans, isTracing, type Span, type SpanOptions, startSpan, startTrace, traceparentOf, withSpan } from './tracing/spans.js';
export { type RunningTracing, startTracing } from './tracing/start-tracing.js';
