import { changeRow, JournalGapError, listSegments, readSegment, type ChangeRecord } from '@isocenter/journal';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { SegmentRange } from '@isocenter/object-store';
import type { CheckContext } from './check-archive.js';
import { finding, type Finding } from './finding.js';

/** Changes that the feed lacks, each a finding, or one for all that the journal does not have either. With `repair` those that it has are brought back. */
export async function mendGap(gap: SegmentRange, { ports: { store, objects }, request }: CheckContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  let next = gap.first;
  const skip = (to: number): void => {
    if (to >= next) findings.push(finding('sequence-missing', { sequence: next }, to === next ? 'The change feed has no change of this number.' : `The change feed has no changes of the numbers ${next} to ${to}.`));
  };
  for await (const segment of listSegments(objects)) {
    if (segment.last < gap.first) continue;
    if (segment.first > gap.last) break;
    const { changes } = await readSegment(objects, segment).catch(nothingOf);
    for (const record of changes.filter(({ sequence }) => sequence >= next && sequence <= gap.last)) {
      skip(record.sequence - 1);
      next = record.sequence + 1;
      const { partition, study, series, sop, version, sequence } = record;
      const mended = request.repair && (await bringBack(record, store));
      findings.push(finding('sequence-missing', { partition, studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: sop, version, sequence }, 'The journal has a change that the change feed has not.', mended));
    }
  }
  skip(gap.last);
  return findings;
}

function nothingOf(error: unknown): { readonly changes: readonly ChangeRecord[] } {
  if (error instanceof JournalGapError) return { changes: [] };
  throw error;
}

/** True when the feed has it now. */
async function bringBack(record: ChangeRecord, store: MetadataStore): Promise<boolean> {
  const found = await store.findPartition(record.partition);
  if (!found) return false;
  // One that another step has brought back is there.
  await store.commit({ writes: [{ op: 'insert', table: 'changes', row: changeRow(record, found.key) }] });
  return true;
}

