/** More log partitions than there ever are: each counts in steps of so many, so that no two give the same ordinal. */
const STEP = 64;

/**
 * Orders of store that one transaction gives: microseconds since 1970, but always greater than those that were given before
 * in the log partition, whatever the clock says, since the last one moves with the partition's `next`. Below 2^53 until 2255.
 */
export class Ordinals {
  constructor(private given: number, private readonly logPartition: number) {}

  get last(): number {
    return this.given;
  }

  /** One that was given in a store that is lost: those that follow are greater. */
  passOver(ordinal: number): void {
    this.given = Math.max(this.given, ordinal);
  }

  next(): number {
    const atLeast = Math.max(Date.now() * 1000, this.given + 1);
    this.given = atLeast + ((((this.logPartition - atLeast) % STEP) + STEP) % STEP);
    return this.given;
  }
}
