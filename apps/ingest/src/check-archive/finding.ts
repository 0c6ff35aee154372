import type { InstanceRow } from '@isocenter/metadata-store';

/** What of the archive does not agree with the rest of it, and what is to be done about each that `--repair` cannot mend. */
export const DIFFERENCES = {
  'sequence-missing': 'Neither the change feed nor the journal has it: bring the journal back from a backup of the object store, and check again with --repair.',
  'row-missing': 'Check again with --repair, which makes the row again of its object. Where that is gone, or was changed by a bulk update: remove the metadata, and rebuild them from objects and journal.',
  'journal-missing': 'Check again with --repair, which writes it of the change feed; where the feed has a gap itself, bring the journal back from a backup of the object store.',
  'journal-damaged': 'Check again with --repair, which writes it of the change feed; where the feed has a gap itself, bring the journal back from a backup of the object store.',
  'journal-different': 'One of both was changed by somebody: compare them with a backup.',
  'journal-repeated': 'Compare the segments of the journal with a backup of the object store, and remove the one that is not in it.',
  'object-missing': 'The bytes are gone: restore the object from a backup of the object store, or delete the instance and store it again.',
  'object-damaged': 'The bytes are not those that were stored: restore the object from a backup of the object store, or delete the instance and store it again.',
  'metadata-missing': 'Check again with --repair, which makes them again of the object; where that is gone, restore it from a backup.',
  'change-missing': 'Check again with --repair, which announces it.',
  'level-different': 'Check again with --repair, which makes the row again of what its instances brought; where that is lost, rebuild the index first.',
  'object-unknown': 'The sweep removes it with its next pass; so does --repair.',
} as const satisfies Readonly<Record<string, string>>;

export type FindingKind = keyof typeof DIFFERENCES;

/** One difference: a line of the report. Of patients it holds nothing but UIDs. */
export interface Finding {
  readonly kind: FindingKind;
  /** Name of the partition. */
  readonly partition?: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
  readonly sopInstanceUid?: string;
  readonly version?: string;
  readonly sequence?: number;
  /** A sentence. */
  readonly what: string;
  /** True: it is so no longer. */
  readonly mended: boolean;
  /** What a person is to do; absent when it is mended. */
  readonly advice?: string;
}

type Place = Omit<Finding, 'kind' | 'what' | 'mended' | 'advice'>;

export function finding(kind: FindingKind, place: Place, what: string, mended = false): Finding {
  return { kind, ...place, what, mended, ...(!mended && { advice: DIFFERENCES[kind] }) };
}

export function placeOf(partition: string, { study, series, sop, version }: Pick<InstanceRow, 'study' | 'series' | 'sop' | 'version'>): Place {
  return { partition, studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: sop, version };
}
