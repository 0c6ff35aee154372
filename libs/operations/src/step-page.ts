export interface StepPageOptions {
  /** Members at most, and for how long more of them are taken; the first one always is. */
  readonly most: number;
  readonly forMs: number;
  readonly signal: AbortSignal;
}

/** What one step takes of a list, for several lanes, in its order. The list is asked for one member at a time. */
export class StepPage<T> {
  readonly taken: T[] = [];
  /** The list has no more. */
  exhausted = false;
  private ended = false;
  private turn: Promise<unknown> = Promise.resolve();
  private readonly until: number;

  constructor(private readonly list: AsyncGenerator<T>, private readonly options: StepPageOptions) {
    this.until = performance.now() + options.forMs;
  }

  /** The next member; undefined when the step is to end. Rejects with what the list throws. */
  next(): Promise<T | undefined> {
    const next = this.turn.then(() => this.take());
    this.turn = next.catch(() => this.end());
    return next;
  }

  /** No more is taken. */
  end(): void {
    this.ended = true;
  }

  async close(): Promise<void> {
    await this.list.return(undefined);
  }

  private async take(): Promise<T | undefined> {
    const { most, signal } = this.options;
    if (this.ended || this.exhausted || signal.aborted || this.taken.length >= most || (this.taken.length > 0 && performance.now() >= this.until)) return undefined;
    const { done, value } = await this.list.next();
    if (done) {
      this.exhausted = true;
      return undefined;
    }
    this.taken.push(value);
    return value;
  }
}
