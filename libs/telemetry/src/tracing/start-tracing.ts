import type { Logger } from '../logger.js';
import { readTracingSettings } from './tracing-settings.js';

export interface RunningTracing {
  /** Sends what was not sent yet, but not for ever. */
  stop(): Promise<void>;
}

const OFF: RunningTracing = { stop: async () => undefined };
/** The last spans of a process that ends. */
const STOP_MS = 3_000;

/**
 * Traces of this process, as OpenTelemetry's standard variables say: on when OTEL_EXPORTER_OTLP_ENDPOINT is set. Off, nothing
 * of the SDK is loaded. Begun before any logger is made, since the
 * lines of those that are made later say the ids of their trace; `log` is asked for when there is something to tell. Throws SettingsError.
 */
export async function startTracing(app: string, log: () => Logger): Promise<RunningTracing> {
  const settings = readTracingSettings(process.env);
  if (settings === undefined) return OFF;
  const { exportSpans } = await import('./export-spans.js');
  const stop = exportSpans(app, settings, log);
  return { stop: () => Promise.race([stop(), new Promise<void>((resolve) => setTimeout(resolve, STOP_MS).unref())]) };
}
