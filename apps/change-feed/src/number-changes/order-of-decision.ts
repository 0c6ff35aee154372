/** Where a change stands in its log partition, and when it was decided. */
interface Decided {
  readonly logPartition: number;
  readonly decidedAt: number;
}

/**
 * Changes that come partition after partition, each in the order of its log, in the order in which they were decided: what
 * was acknowledged before another was sent gets the lower number. Those of one partition stay in their order even if the
 * clock went back.
 */
export function inOrderOfDecision<T extends Decided>(changes: readonly T[]): T[] {
  const latest = new Map<number, number>();
  const timed = changes.map((change) => {
    const time = Math.max(change.decidedAt, latest.get(change.logPartition) ?? 0);
    latest.set(change.logPartition, time);
    return { change, time };
  });
  return timed.sort((one, other) => one.time - other.time).map(({ change }) => change);
}
