import { JournalGapError, listSegments, readSegment, type ChangeRecord, type Segment } from '@isocenter/journal';
import { FEED_JOURNAL, type NumberedChange } from '@isocenter/metadata-store';
import type { CheckContext, Compared } from './check-archive.js';
import { finding, type Finding } from './finding.js';
import { isComplete, writeSegments } from './write-segments.js';

/** How far the journal was gone through. */
export interface JournalPlace {
  readonly after: number;
}

/** Members that a line of the journal has in common with its change. */
const SAME = ['timestamp', 'study', 'series', 'sop', 'version', 'action', 'decidedAt'] as const;

/** Segment after segment: every change of its numbers, and none twice. */
export async function compareJournal(context: CheckContext, { after }: JournalPlace = { after: 0 }): Promise<Compared<JournalPlace>> {
  const { ports: { store, objects }, isOver, signal } = context;
  // Before the list: what is written later is not looked at.
  const upTo = journaledBy(await store.readCursor(FEED_JOURNAL));
  const findings: Finding[] = [];
  let at = after;
  for await (const segment of listSegments(objects, after + 1)) {
    if (segment.first > upTo) break;
    if (segment.first <= at) findings.push(finding('journal-repeated', { sequence: segment.first }, `The segment ${segment.first} to ${segment.last} of the journal begins in the one before it.`));
    else {
      if (segment.first > at + 1) findings.push(await findMissing(at + 1, segment.first - 1, context));
      findings.push(...(await compareSegment(segment, context)));
      at = segment.last;
    }
    if (isOver() || signal.aborted) return { findings, count: at - after, next: { after: at } };
  }
  if (at < upTo) findings.push(await findMissing(at + 1, upTo, context));
  return { findings, count: Math.max(at, upTo) - after };
}

/** The last sequence whose segment is written: while one is open, the detail has its first sequence behind the partition. */
function journaledBy(row: { readonly position: number; readonly detail: string } | undefined): number {
  const [, first] = (row?.detail ?? '').split(' ');
  return first === undefined ? (row?.position ?? 0) : Number(first) - 1;
}

async function findMissing(first: number, last: number, { ports, request }: CheckContext): Promise<Finding> {
  const mended = request.repair && (await isComplete({ first, last }, ports.store));
  if (mended) await writeSegments({ first, last }, ports);
  return finding('journal-missing', { sequence: first }, `The journal has no segment with the changes ${first} to ${last}.`, mended);
}

async function compareSegment(segment: Segment, { ports, request }: CheckContext): Promise<Finding[]> {
  const { first, last, key } = segment;
  try {
    const { changes: lines } = await readSegment(ports.objects, segment);
    const found = await ports.store.listChanges({ after: first - 1, upTo: last, limit: last - first + 1 });
    const bySequence = new Map(lines.map((line) => [line.sequence, line]));
    return found.flatMap((change) => compareLine(change, bySequence.get(change.sequence)!));
  } catch (error) {
    if (!(error instanceof JournalGapError)) throw error;
    const mended = request.repair && (await isComplete(segment, ports.store));
    if (mended) {
      await ports.objects.remove([key]);
      await writeSegments(segment, ports);
    }
    return [finding('journal-damaged', { sequence: first }, `The segment ${first} to ${last} of the journal lacks a change, or has a line that cannot be read.`, mended)];
  }
}

function compareLine(change: NumberedChange, line: ChangeRecord): Finding[] {
  const { sequence, partitionName, study, series, sop, version } = change;
  const other = [...SAME.filter((name) => line[name] !== change[name]), ...(line.partition === partitionName ? [] : ['partition'])];
  const place = { partition: partitionName, studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: sop, version, sequence };
  return other.length === 0 ? [] : [finding('journal-different', place, `The line of the journal has another ${other.join(', ')} than the change.`)];
}
