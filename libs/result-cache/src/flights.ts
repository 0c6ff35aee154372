interface Flight<T> {
  readonly made: Promise<T>;
  readonly left: AbortController;
  waiting: number;
  isMade: boolean;
}

/** Work that is done once for all who ask for the same at the same time. */
export class Flights<T> {
  private readonly flights = new Map<string, Flight<T>>();

  /** @param land what is done with a result before the next who ask look for it elsewhere; it does not reject, and nobody waits for it */
  constructor(private readonly land: (key: string, made: T) => Promise<void>) {}

  /**
   * The result of the work on the key. Who leaves ends the work only when nobody else waits for it. What fails one who came first may be
   * his alone, so who joined him tries once more.
   *
   * @param signal of who asks: when he leaves, this rejects with its reason
   */
  async join(key: string, signal: AbortSignal, work: (left: AbortSignal) => Promise<T>): Promise<T> {
    const flying = this.flights.get(key);
    if (flying === undefined) return this.wait(key, this.start(key, work), signal);
    try {
      return await this.wait(key, flying, signal);
    } catch {
      signal.throwIfAborted();
      return this.wait(key, this.flights.get(key) ?? this.start(key, work), signal);
    }
  }

  private start(key: string, work: (left: AbortSignal) => Promise<T>): Flight<T> {
    const left = new AbortController();
    const flight: Flight<T> = { made: work(left.signal), left, waiting: 0, isMade: false };
    this.flights.set(key, flight);
    flight.made
      .then((made) => {
        flight.isMade = true;
        return this.land(key, made);
      })
      .catch(() => undefined)
      .finally(() => this.forget(key, flight));
    return flight;
  }

  private wait(key: string, flight: Flight<T>, signal: AbortSignal): Promise<T> {
    flight.waiting += 1;
    let leave: (() => void) | undefined;
    const waited = new Promise<T>((resolve, reject) => {
      leave = () => reject(signal.reason as Error);
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
      flight.made.then(resolve, reject);
    });
    return waited.finally(() => {
      signal.removeEventListener('abort', leave!);
      flight.waiting -= 1;
      if (flight.waiting > 0 || flight.isMade) return;
      // Nobody is to join what is given up.
      this.forget(key, flight);
      flight.left.abort();
    });
  }

  private forget(key: string, flight: Flight<T>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }
}
