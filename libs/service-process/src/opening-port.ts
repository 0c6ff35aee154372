import type { Logger } from '@isocenter/telemetry';
import type { HealthCheck } from './health.js';
import { untilThere } from './until-there.js';

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

/** A port whose server may be away when the process starts: health tells what is wrong until it is there. */
export class OpeningPort<P> {
  private port: P | undefined;
  private problem: Error = new NotOpenYet();

  constructor(private readonly options: OpeningPortOptions<P>) {}

  get health(): HealthCheck {
    const { name, needed, check } = this.options;
    return { name, needed, check: () => (this.port === undefined ? Promise.reject(this.problem) : check(this.port)) };
  }

  async open(log: Logger, signal: AbortSignal): Promise<P> {
    const { name, open } = this.options;
    this.port = await untilThere(name, open, { log, signal, onAway: (problem) => (this.problem = problem) });
    return this.port;
  }

  async close(): Promise<void> {
    if (this.port !== undefined) await this.options.close(this.port);
  }
}
