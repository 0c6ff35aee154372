/** Failure reasons of the conformance page (PS3.18 table I.2-2 has the first and those of the A9 and B0 groups). */
export const FAILURE = {
  /** 0110H: the server, not the instance, is the reason. */
  processing: 272,
  /** A900H: the instance is not valid, or no DICOM at all. */
  validation: 43264,
  /** A901H: of another study than the request names. */
  otherStudy: 43265,
  alreadyExists: 45070,
  beingDeleted: 45071,
} as const;

export const WARNING = {
  /** Attributes that are not valid were left out of metadata and index. */
  validation: 1,
  /** B007H: data set and SOP class do not match. */
  sopClass: 45063,
} as const;

/** Who the instance is, as far as it could be read. */
export interface InstanceIds {
  readonly study?: string;
  readonly series?: string;
  readonly sop?: string;
  readonly sopClass?: string;
}

export interface Stored {
  readonly kind: 'stored';
  readonly ids: Required<InstanceIds>;
  readonly sha256: string;
  readonly warning: number | undefined;
  /** Texts of invalid attributes. */
  readonly comments: readonly string[];
  /** Whether the same bytes were stored before, so that nothing changed. */
  readonly again?: boolean;
}

export interface Rejected {
  readonly kind: 'rejected';
  readonly ids: InstanceIds;
  readonly reason: number;
  readonly comments: readonly string[];
}

/** What became of one part of the request; a part that fails is a value, not an exception. */
export type StoreOutcome = Stored | Rejected;

export function rejected(reason: number, comment: string | readonly string[], ids: InstanceIds = {}): Rejected {
  return { kind: 'rejected', ids, reason, comments: typeof comment === 'string' ? [comment] : comment };
}
