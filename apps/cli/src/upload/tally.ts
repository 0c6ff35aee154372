import { isDone, type Outcome } from './outcome.js';

export interface Named {
  readonly path: string;
  readonly why: string;
}

/** How many files of each kind the report names; the rest is counted. */
export const NAMED = 1000;

/** What has come of the files so far. Its size does not grow with theirs. */
export class Tally {
  readonly counts: Record<Outcome['kind'], number> = { stored: 0, 'stored-with-warning': 0, 'there-already': 0, failed: 0, 'not-dicom': 0, 'done-before': 0 };
  readonly named = { failed: [] as Named[], 'stored-with-warning': [] as Named[], 'not-dicom': [] as Named[] };
  /** Bytes of files whose fate is known. */
  bytes = 0;
  /** Of these, bytes that were sent. */
  sentBytes = 0;
  /** Bytes on their way. */
  inFlight = 0;
  #lastStored = Number.NEGATIVE_INFINITY;

  /** All that have a fate, also those that are not DICOM. */
  get files(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  add(path: string, size: number, outcome: Outcome): void {
    this.counts[outcome.kind] += 1;
    this.bytes += size;
    if (isDone(outcome) && outcome.kind !== 'done-before') {
      this.sentBytes += size;
      this.#lastStored = performance.now();
    }
    if (!('why' in outcome)) return;
    const named = this.named[outcome.kind];
    if (named.length < NAMED) named.push({ path, why: outcome.why });
  }

  /** In milliseconds of `performance.now()`. */
  storedSince(ms: number): boolean {
    return this.#lastStored > ms;
  }
}
