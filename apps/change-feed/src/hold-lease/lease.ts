import { moveCursor, type CursorRow, type MetadataStore } from '@isocenter/metadata-store';
import { randomUUID } from 'node:crypto';

/** How long a replica that says nothing keeps the work. */
const LEASE_MS = 5_000;

/**
 * Says which replica does the work that one is enough for: a row of the store whose position grows with each renewal. No
 * clock is compared with another's: a replica takes the row when it has not seen it change for as long as a lease lasts. A
 * process may be paused behind any look at `held`, so two may work for a moment; a lease saves work, and what they do twice
 * must be harmless.
 */
export class Lease {
  private readonly holder = randomUUID();
  private seen = { position: -1, at: 0 };
  private heldUntil = -Infinity;
  private asking: Promise<boolean> | undefined;

  constructor(private readonly store: MetadataStore, private readonly name: string, private readonly leaseMs = LEASE_MS) {}

  /** Whether it is still held; asked before each step that another replica may have done meanwhile. */
  get held(): boolean {
    return performance.now() < this.heldUntil;
  }

  /** True: this replica holds it now. Takes it when it is free, renews it in time. Asked only when there is work, so that an idle archive writes nothing. */
  async hold(): Promise<boolean> {
    if (performance.now() < this.heldUntil - this.leaseMs / 2) return true;
    this.asking ??= this.ask().finally(() => (this.asking = undefined));
    return this.asking;
  }

  /** Lets another replica have it at once. */
  async release(): Promise<void> {
    if (!this.held) return;
    this.heldUntil = -Infinity;
    const row = await this.store.readCursor(this.name);
    if (row?.detail === this.holder) await this.move(row, '');
  }

  private async ask(): Promise<boolean> {
    const began = performance.now();
    const row = await this.store.readCursor(this.name);
    if (!this.isFree(row, began)) return false;
    if (!(await this.move(row, this.holder))) return false;
    this.heldUntil = began + this.leaseMs;
    return this.held;
  }

  /** Nobody's, one's own, or of one who has said nothing for the time of a lease. */
  private isFree(row: CursorRow | undefined, now: number): boolean {
    if (!row || row.detail === '' || row.detail === this.holder) return true;
    if (row.position !== this.seen.position) this.seen = { position: row.position, at: now };
    return now - this.seen.at >= this.leaseMs;
  }

  private async move(row: CursorRow | undefined, detail: string): Promise<boolean> {
    return (await this.store.commit({ writes: [moveCursor(this.name, row, (row?.position ?? 0) + 1, detail)], durable: false })).committed;
  }
}
