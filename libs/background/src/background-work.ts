export interface BackgroundWorkOptions {
  /** One step of the work. True: there may be more, and the next step follows at once. */
  readonly step: () => Promise<boolean>;
  /** A run begins this often, whether anybody asked for one or not: hints may be lost, and what failed is tried again. */
  readonly everyMs: number;
  /** A hint begins a run at once, but for this long after the last one began: then hints are gathered; 0 when absent. */
  readonly gatherMs?: number;
  /** Takes the error that ended a run. */
  readonly onError: (error: unknown) => void;
}

/** Work that a service does by itself beside its requests: one run after the other, by the clock or by a hint, until it is stopped. */
export class BackgroundWork {
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private busy = false;
  private again = false;
  private began = -Infinity;
  private stopped = false;

  constructor(private readonly options: BackgroundWorkOptions) {}

  start(): void {
    this.timer = setInterval(() => void this.run(), this.options.everyMs).unref();
  }

  /** A hint that there is something to do. */
  wake(): void {
    const { gatherMs = 0 } = this.options;
    const waitMs = this.began + gatherMs - performance.now();
    if (waitMs <= 0) return void this.run();
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.run();
    }, waitMs).unref();
  }

  /** Resolves when all was looked at that there was at the call; also when that failed: the error is reported, and the next run repeats the step. */
  run(): Promise<void> {
    this.again = true;
    if (!this.busy && !this.stopped) this.running = this.runSteps();
    return this.running;
  }

  /** The step in hand ends; none follows. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    clearTimeout(this.soon);
    await this.running;
  }

  private async runSteps(): Promise<void> {
    this.busy = true;
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        this.began = performance.now();
        if (await this.options.step()) this.again = true;
      }
    } catch (error) {
      this.options.onError(error);
    } finally {
      // In the same turn as the last look at `again`: a call must find either a run that sees it, or none.
      this.busy = false;
    }
  }
}
