import { counter } from '@isocenter/telemetry';

const reads = counter('result_cache_reads', 'Results that were asked for, by how they were had: kept, made, or shared with whoever asked before and waits');
const dropped = counter('result_cache_dropped', 'Results that were dropped or not kept, by why: the instance changed, room was needed, or the disk failed');

/** From the beginning, so that what did not happen is 0 and not unknown. */
export function beginCounting(): void {
  for (const outcome of ['kept', 'made', 'shared']) reads.add(0, { outcome });
  for (const why of ['changed', 'room', 'failed']) dropped.add(0, { why });
}

export function countRead(outcome: 'kept' | 'made' | 'shared'): void {
  reads.add(1, { outcome });
}

export function countDropped(why: 'changed' | 'room' | 'failed', count: number): void {
  if (count > 0) dropped.add(count, { why });
}
