/** What a rebuild is asked for. */
export type RebuildTask = 'rebuild' | 'undecided' | 'digest';

export interface RebuildRequest {
  readonly task: RebuildTask;
}

/** What a person is told of single instances at most; the counts tell of all. */
export const MOST_TOLD = 100;

/** Where the next step of a rebuild goes on, and what those before it did. */
export interface RebuildProgress {
  readonly phase: 'begin' | 'replay' | 'restore' | 'derive' | 'settle' | 'undecided' | 'digest';
  /** When it found out that there is something to bring back. What was written since belongs to uploads of now. */
  readonly begunAt: number;
  /** Of the phase in hand; absent at its beginning. */
  readonly place?: unknown;
  /** The last sequence of the journal, and when it was decided. */
  readonly journalEnd: number;
  readonly journalEndedAt: number;
  /** Changes brought back. */
  readonly changes: number;
  /** Instances brought back or made anew. */
  readonly instances: number;
  readonly failed: number;
  /** Which of them, and why. */
  readonly failures: readonly string[];
  /** Objects that may have been accepted behind the journal's end. */
  readonly undecided: number;
  readonly undecidedInstances: readonly string[];
  readonly quarantined: number;
  /** Instances of undecided objects that were accepted now. */
  readonly accepted: number;
  readonly digest?: { readonly instances: number; readonly changes: number; readonly sha256: string };
}

export const NOTHING_YET: RebuildProgress = {
  phase: 'begin', begunAt: Number.MAX_SAFE_INTEGER, journalEnd: 0, journalEndedAt: 0, changes: 0, instances: 0, failed: 0, failures: [], undecided: 0, undecidedInstances: [], quarantined: 0, accepted: 0,
};

/** The results as the REST resource shows them. */
export function resultsOf({ changes, instances, failed, failures, undecided, undecidedInstances, quarantined, accepted, digest }: RebuildProgress): object {
  return {
    changes, instances, failed, undecided, quarantined, accepted,
    ...(failures.length > 0 && { failures }), ...(undecidedInstances.length > 0 && { undecidedInstances }), ...(digest && { digest }),
  };
}
