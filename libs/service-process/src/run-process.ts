import { redactSettings, readSettings, type App, type Settings } from '@isocenter/config';
import { createLogger, startTracing, type Logger, type RunningTracing } from '@isocenter/telemetry';
import { failProcess, type MendableErrors } from './fail-process.js';
import { STOP_MS } from './stop-server.js';

/** A started process. */
export interface RunningProcess {
  /** `http://host:port` */
  readonly address: string;
  readonly metricsPort: number;
  /** Resolves when it serves, rejects when it never will. */
  readonly serving: Promise<void>;
  /** Finishes the requests in flight, then releases what it holds. */
  close(): Promise<void>;
}

export interface ProcessOptions<A extends App> {
  readonly app: A;
  readonly start: (settings: Settings<A>) => Promise<RunningProcess>;
  readonly expected?: MendableErrors;
  readonly onServing?: (settings: Settings<A>, running: RunningProcess) => void;
}

/** Behind the requests in flight: consumers, background work and connections end within this. */
const CLOSE_MS = 15_000;

/** Reads the settings and runs until SIGINT or SIGTERM, then finishes what is in flight, but not for ever. */
export async function runProcess<A extends App>({ app, start, expected = [], onServing }: ProcessOptions<A>): Promise<void> {
  const fail = failProcess(app === 'standalone' ? 'isocenter' : `isocenter ${app}`, expected);
  try {
    const settings = readSettings(app);
    const makeLog = (): Logger => createLogger({ level: (settings as Settings<App>).logLevel, service: app });
    const tracing = await startTracing(app, makeLog);
    const log = makeLog();
    log.info({ settings: redactSettings(app, settings) }, 'starting');
    reportUnexpected(log);
    const starting = start(settings);
    // From the beginning: as the first process of a container it gets no signal that it does not listen to.
    stopOnSignal(starting, tracing, log, fail);
    const running = await starting;
    await running.serving;
    onServing?.(settings, running);
  } catch (error) {
    fail(error);
  }
}

function stopOnSignal(starting: Promise<RunningProcess>, tracing: RunningTracing, log: Logger, fail: (error: unknown) => never): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // Asked twice, nobody wants to wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error({}, 'it did not stop in time and was ended');
      process.exit(1);
    }, STOP_MS + CLOSE_MS).unref();
    starting.then((running) => running.close()).then(() => tracing.stop()).then(() => process.exit(0), fail);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
}

/** What nobody caught leaves the process in a state that nobody knows: it ends, and what it was doing is done again by the next one. */
function reportUnexpected(log: Logger): void {
  process.on('uncaughtException', (err, origin) => {
    log.fatal({ err, origin }, 'an error that nobody expected; the process ends');
    process.exit(1);
  });
}
