import type { NumberedChange, PartitionRow } from '@isocenter/metadata-store';

/** A line of the journal: everything that a rebuild needs beside the objects (DESIGN §3.6). */
export function changeLine(change: NumberedChange): string {
  const { sequence, timestamp, partitionName, study, series, sop, version, action, decidedAt } = change;
  const { traceparent: _ofARequest, ...detail } = JSON.parse(change.detail) as Record<string, unknown>;
  return JSON.stringify({ kind: 'change', sequence, timestamp, partition: partitionName, study, series, sop, version, action, decidedAt, ...detail });
}

/** Partitions stand before the first change that may be of them. */
export function partitionLine({ key, name, createdAt }: PartitionRow): string {
  return JSON.stringify({ kind: 'partition', key, name, createdAt });
}
