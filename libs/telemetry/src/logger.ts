import { type LogLevel } from '@isocenter/config';
import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';
import { logError } from './log-error.js';
import { activeTraceIds, isTracing } from './tracing/spans.js';

/** The part of pino that the services use. */
export type Logger = Pick<PinoLogger, 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'>;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Name of the service, on every line. */
  readonly service: string;
  /** Where lines go: standard output when absent. */
  readonly destination?: DestinationStream;
}

/**
 * Members that hold patient data or credentials wherever somebody logs them by mistake. A second line of
 * defence: the first is that nobody passes them.
 */
const forbidden = ['body', 'headers', 'query', 'params', 'url', 'authorization', 'secret', 'metadata', 'dataset'];

/** JSON lines on one destination. Values are named fields; texts are constants, so that no data hides in them. */
export function createLogger({ level, service, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => logError(error), req: () => undefined, res: () => undefined },
    ...(isTracing() && { mixin: activeTraceIds }),
    redact: { paths: forbidden.flatMap((name) => [name, `*.${name}`]), censor: '(not logged)' },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
