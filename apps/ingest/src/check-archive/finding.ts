import type { InstanceRow } from '@isocenter/metadata-store';

/** What of the archive does not agree with the rest of it, and what is to be done about each that `--repair` cannot mend. */
export const DIFFERENCES = {
  'object-missing': 'The bytes are gone: restore the object from a backup of the object store, or delete the instance and store it again.',
  'object-damaged': 'The bytes are not those that were stored: restore the object from a backup of the object store, or delete the instance and store it again.',
  'metadata-missing': 'Rebuild the index, which makes the metadata of the object again.',
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
