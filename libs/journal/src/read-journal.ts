import { beforeSegmentsFrom, parseSegmentKey, SEGMENTS_PREFIX, type ObjectStore, type SegmentRange } from '@isocenter/object-store';
import { parseRecord, type ChangeRecord, type PartitionRecord } from './journal-record.js';

export interface Segment extends SegmentRange {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
}

/** The journal does not tell of all changes from the first to the last; the message says which are missing, and what to do. */
export class JournalGapError extends Error {
  override readonly name = 'JournalGapError';
}

/** The segments whose first sequence is at least this, in order. */
export async function* listSegments(objects: ObjectStore, from = 1): AsyncGenerator<Segment> {
  for await (const { key, size } of objects.list(SEGMENTS_PREFIX, beforeSegmentsFrom(from))) {
    const segment = parseSegmentKey(key);
    if (segment) yield { ...segment, key, size };
  }
}

export interface JournalEnd {
  /** The last sequence; 0 when there is no journal. */
  readonly last: number;
  /** The first sequence of its last segment. */
  readonly lastFirst: number;
}

/** Where the journal ends. Throws JournalGapError when it is not whole from sequence 1 on. */
export async function findJournalEnd(objects: ObjectStore): Promise<JournalEnd> {
  let end: JournalEnd = { last: 0, lastFirst: 1 };
  for await (const { first, last } of listSegments(objects)) {
    if (first !== end.last + 1) throw gapOf(end.last + 1, first - 1);
    end = { last, lastFirst: first };
  }
  return end;
}

function gapOf(from: number, to: number): JournalGapError {
  const missing = from > to ? `The journal tells of the change ${to + 1} twice` : from === to ? `The journal has a gap: the change ${from} is missing` : `The journal has a gap: the changes ${from} to ${to} are missing`;
  return new JournalGapError(`${missing}. Nothing can be rebuilt over it; bring its segments back from a copy of the object store.`);
}

export interface SegmentContent {
  readonly partitions: readonly PartitionRecord[];
  readonly changes: readonly ChangeRecord[];
}

/** Throws JournalGapError when a line of it cannot be read, or one is missing. */
export async function readSegment(objects: ObjectStore, { key, size, first, last }: Segment): Promise<SegmentContent> {
  const lines = (await objects.readRange(key, 0, size)).toString().split('\n');
  const records = lines.filter((line) => line !== '').map(parseRecord);
  const changes = records.filter((record) => record?.kind === 'change');
  const at = changes.findIndex(({ sequence }, place) => sequence !== first + place);
  if (at >= 0 || changes.length !== last - first + 1) throw gapOf(first + (at < 0 ? changes.length : at), at < 0 ? last : changes[at]!.sequence - 1);
  const unreadable = records.indexOf(undefined);
  if (unreadable >= 0) throw new JournalGapError(`Line ${unreadable + 1} of the segment ${key} of the journal cannot be read. Bring it back from a copy of the object store.`);
  return { changes, partitions: records.filter((record) => record?.kind === 'partition') };
}
