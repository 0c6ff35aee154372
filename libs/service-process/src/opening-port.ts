import type { Logger } from '@isocenter/telemetry';
import { setTimeout as pause } from 'node:timers/promises';
import type { HealthCheck } from './health.js';

/** Pauses between tries, in milliseconds: soon at first, then often enough that nobody waits long when the server is back. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/** Health before the first try has ended. */
class NotOpenYet extends Error {
  override readonly name = 'NotOpenYet';
}

export interface OpeningPortOptions<P> {
  /** As the health page calls it. */
  readonly name: string;
  readonly needed: boolean;
  /** Rejects with an error that says `retriable` while the server is away. */
  readonly open: () => Promise<P>;
  readonly check: (port: P) => Promise<void>;
  readonly close: (port: P) => Promise<void>;
}

/**
 * A port whose server may be away when the process starts. It is tried until it is there, instead of ending the process:
 * Kubernetes would start that anew, but after a pause that grows to five minutes, and count it as a crash. So the process is
 * back within seconds of its server, and `/health/ready` says meanwhile what it waits for.
 */
export class OpeningPort<P> {
  private port: P | undefined;
  private problem: Error = new NotOpenYet();

  constructor(private readonly options: OpeningPortOptions<P>) {}

  get health(): HealthCheck {
    const { name, needed, check } = this.options;
    return { name, needed, check: () => (this.port === undefined ? Promise.reject(this.problem) : check(this.port)) };
  }

  /** Rejects when the signal ends it, or with what waiting cannot mend: a wrong password, a topic with another number of partitions. */
  async open(log: Logger, signal: AbortSignal): Promise<P> {
    const { name, open } = this.options;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      signal.throwIfAborted();
      try {
        return (this.port = await open());
      } catch (error) {
        if ((error as { retriable?: boolean }).retriable !== true) throw error;
        this.problem = error as Error;
        log.warn({ err: error, dependency: name }, 'a dependency is away; tried again soon');
      }
      await pause(pauseMs, undefined, { signal });
    }
  }

  async close(): Promise<void> {
    if (this.port !== undefined) await this.options.close(this.port);
  }
}
