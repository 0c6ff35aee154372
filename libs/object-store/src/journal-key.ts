const DIGITS = 16;

const PREFIX = 'journal/';

/** What all keys of segments begin with: no sequence has 16 digits. The objects of a partition called journal lie beside them, and are not walked. */
export const SEGMENTS_PREFIX = `${PREFIX}0`;

/** The numbers of the changes in a segment of the journal, both ends included. */
export interface SegmentRange {
  readonly first: number;
  readonly last: number;
}

/** Segments sort by their first sequence. */
export function segmentKey({ first, last }: SegmentRange): string {
  return `${PREFIX}${padded(first)}-${padded(last)}.ndjson`;
}

/** Undefined for a key that is none of a segment. */
export function parseSegmentKey(key: string): SegmentRange | undefined {
  const match = /^journal\/(\d{16})-(\d{16})\.ndjson$/.exec(key);
  return match ? { first: Number(match[1]), last: Number(match[2]) } : undefined;
}

/** All segments whose first sequence is at least this have keys behind it, no others. */
export function beforeSegmentsFrom(first: number): string {
  return PREFIX + padded(first);
}

function padded(sequence: number): string {
  return String(sequence).padStart(DIGITS, '0');
}
