import type { FileOutcome } from './import-file.js';

/** What the last step of an import left. */
export interface ImportProgress {
  /** Files of the source, as far as they are counted. */
  readonly expected: number;
  /** The last one that is counted; null: all are. */
  readonly countedTo: string | null;
  /** The last one that is done. */
  readonly doneTo: string;
  readonly imported: number;
  readonly importedWithWarnings: number;
  readonly alreadyThere: number;
  readonly skipped: number;
  readonly failed: number;
  /** The first failures; all of them are in the report, which has so many parts. */
  readonly failures: readonly FailedFile[];
  readonly reportParts: number;
}

export interface FailedFile {
  /** Its name in the source. */
  readonly file: string;
  /** Failure Reason (0008,1197). */
  readonly reason: number;
  readonly error: string;
}

/** Failures that the results tell of, and characters of the sentence of each: the row is written after every step. */
const MOST_FAILURES = 500;
const MOST_TEXT = 300;

export const NOTHING_IMPORTED: ImportProgress = { expected: 0, countedTo: '', doneTo: '', imported: 0, importedWithWarnings: 0, alreadyThere: 0, skipped: 0, failed: 0, failures: [], reportParts: 0 };

export function addFile(progress: ImportProgress, name: string, outcome: FileOutcome): ImportProgress {
  const next = { ...progress, doneTo: name };
  switch (outcome.kind) {
    case 'stored':
      return { ...next, imported: next.imported + 1, importedWithWarnings: next.importedWithWarnings + (outcome.warned ? 1 : 0) };
    case 'there':
      return { ...next, alreadyThere: next.alreadyThere + 1 };
    case 'passed-over':
      return { ...next, skipped: next.skipped + 1 };
    case 'failed': {
      const { file, reason, error } = failedFile(name, outcome);
      return { ...next, failed: next.failed + 1, failures: next.failures.length < MOST_FAILURES ? [...next.failures, { file, reason, error: error.slice(0, MOST_TEXT) }] : next.failures };
    }
  }
}

export function failedFile(file: string, { reason, why }: Extract<FileOutcome, { kind: 'failed' }>): FailedFile {
  return { file, reason, error: why };
}

export function filesDone({ imported, alreadyThere, skipped, failed }: ImportProgress): number {
  return imported + alreadyThere + skipped + failed;
}

/** The results as clients see them. */
export function showProgress(progress: ImportProgress): object {
  const { expected, imported, importedWithWarnings, alreadyThere, skipped, failed, failures } = progress;
  return { files: filesDone(progress), filesExpected: Math.max(expected, filesDone(progress)), imported, importedWithWarnings, alreadyThere, skipped, failed, failures };
}
