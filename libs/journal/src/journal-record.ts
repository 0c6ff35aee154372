import type { ChangeRow, NumberedChange, PartitionRow } from '@isocenter/metadata-store';

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

/** What a change says of its version, beside what names it. Of a delete, and in journals of before, some of it is absent. */
export interface VersionFacts {
  readonly objectKey?: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly storedBy?: string;
  readonly storedAt?: string;
  /** Orders of store of study, series and instance. */
  readonly ordinals?: readonly number[];
  readonly updateId?: string;
  /** The version that this one took the place of. */
  readonly replaces?: string;
  /** What an update was made from, where it is not what the changes before tell of: a check announced it again. */
  readonly original?: { readonly version: string; readonly objectKey: string; readonly size: number; readonly sha256: string };
}

/** A change as the journal has it; `detail` is as in its row. */
export interface ChangeRecord extends Pick<NumberedChange, 'sequence' | 'timestamp' | 'study' | 'series' | 'sop' | 'version' | 'action' | 'decidedAt'> {
  readonly kind: 'change';
  /** Name. */
  readonly partition: string;
  readonly detail: VersionFacts;
}

/** What comes of the journal has no place in the log any more. */
const NO_LOG_PARTITION = -1;

/** The row of a change that is brought back, under its own number. `partition`: the key of its partition. */
export function changeRow({ sequence, timestamp, study, series, sop, version, action, decidedAt, detail }: ChangeRecord, partition: number): ChangeRow {
  return { logPartition: NO_LOG_PARTITION, logOffset: sequence, place: 0, partition, study, series, sop, version, action, decidedAt, detail: JSON.stringify(detail), sequence, timestamp };
}

export interface PartitionRecord extends PartitionRow {
  readonly kind: 'partition';
}

export type JournalRecord = ChangeRecord | PartitionRecord;

const TEXTS = ['timestamp', 'partition', 'study', 'series', 'sop', 'version', 'action'] as const;
const ACTIONS: readonly ChangeRow['action'][] = ['create', 'update', 'delete'];

/** Undefined for what is no line of the journal. */
export function parseRecord(line: string): JournalRecord | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const record = parsed as Record<string, unknown> | null;
  if (record?.kind === 'partition') return Number.isSafeInteger(record.key) && typeof record.name === 'string' && typeof record.createdAt === 'string' ? (record as unknown as PartitionRecord) : undefined;
  if (record?.kind !== 'change' || !TEXTS.every((name) => typeof record[name] === 'string') || !Number.isSafeInteger(record.sequence) || !Number.isSafeInteger(record.decidedAt)) return undefined;
  const { kind: _kind, sequence, timestamp, partition, study, series, sop, version, action, decidedAt, ...detail } = record as unknown as ChangeRecord & VersionFacts;
  return ACTIONS.includes(action) ? { kind: 'change', sequence, timestamp, partition, study, series, sop, version, action, decidedAt, detail: detail as VersionFacts } : undefined;
}
