export { countHttpRequest } from './http-metrics.js';
export { logError, type LoggedError } from './log-error.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export { counter, gauge, histogram, observedGauge, renderMetrics } from './metrics.js';
export { type MetricsServer, startMetrics } from './metrics-server.js';
