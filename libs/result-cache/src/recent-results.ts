interface Recent {
  readonly head: string;
  readonly bytes: Buffer;
}

/** Above this a result is not held: one of them would take the room of many. */
const LARGEST_BYTES = 256 * 1024;

/** Results that were asked for again, in memory: pictures that many look at cost no files. The least recently used ones go first. */
export class RecentResults {
  private readonly results = new Map<string, Recent>();
  private held = 0;

  /** @param limit bytes */
  constructor(private readonly limit: number) {}

  find(key: string): Recent | undefined {
    const found = this.results.get(key);
    if (found === undefined) return undefined;
    this.results.delete(key);
    this.results.set(key, found);
    return found;
  }

  hold(key: string, { head, bytes }: Recent): void {
    if (bytes.length > LARGEST_BYTES) return;
    this.drop(key);
    this.results.set(key, { head, bytes });
    this.held += bytes.length;
    for (const oldest of this.results.keys()) {
      if (this.held <= this.limit) return;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    this.held -= this.results.get(key)?.bytes.length ?? 0;
    this.results.delete(key);
  }

  clear(): void {
    this.results.clear();
    this.held = 0;
  }
}
