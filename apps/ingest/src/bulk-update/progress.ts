/** What the last step of a bulk update left. */
export interface Progress {
  /** Place of the study in hand in the request. */
  readonly study: number;
  /** Passes through it that are done. */
  readonly pass: number;
  /** Of the pass in hand: the last instance that was looked at. */
  readonly afterOrdinal: number;
  /** Instances of the study when it began; null: it has not. */
  readonly expected: number | null;
  readonly seen: number;
  readonly updated: number;
  /** Instances that others changed meanwhile. */
  readonly again: number;
  readonly failed: number;
  readonly studyErrors: readonly string[];
  /** Of the studies before. */
  readonly studyUpdated: number;
  readonly studyFailed: number;
  readonly instanceUpdated: number;
  readonly instanceFailed: number;
  readonly errors: readonly string[];
}

export const NOTHING_DONE: Progress = {
  study: 0, pass: 0, afterOrdinal: -1, expected: null, seen: 0, updated: 0, again: 0, failed: 0, studyErrors: [], studyUpdated: 0, studyFailed: 0, instanceUpdated: 0, instanceFailed: 0, errors: [],
};

/** The results as the Azure dialect names them. A study of which there is nothing is processed, and neither updated nor failed. */
export function answerOf({ study, studyUpdated, studyFailed, instanceUpdated, instanceFailed, errors }: Progress): object {
  const more = instanceFailed - errors.length;
  return {
    studyProcessed: study, studyUpdated, studyFailed, instanceUpdated,
    ...(errors.length > 0 && { errors: [...errors, ...(more > 0 ? [`${more} more instances failed.`] : [])] }),
  };
}
