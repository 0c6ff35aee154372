/** How long an answer counts: many uploads a second shall not each ask the servers, and an outage be known soon. */
const COUNTS_MS = 250;

/** Asks what an upload needs whether it is there, at most once in a moment for all uploads together. */
export class KnownToBeThere {
  private knownUntil = -Infinity;
  private asking: Promise<void> | undefined;

  constructor(private readonly ask: () => Promise<unknown>) {}

  /** Rejects with what is away; that is not remembered. */
  async require(): Promise<void> {
    if (performance.now() < this.knownUntil) return;
    this.asking ??= this.ask().then(() => void (this.knownUntil = performance.now() + COUNTS_MS)).finally(() => (this.asking = undefined));
    await this.asking;
  }
}
