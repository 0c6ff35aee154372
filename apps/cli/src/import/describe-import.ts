import { type OperationShown } from '../operation/follow-operation.js';
import { describeReason } from '../upload/dicom-reasons.js';
import { countInWords, filesInWords } from '../upload/words.js';

/** Results of an import; those of one that has not begun are absent. */
interface Results {
  readonly files: number;
  readonly filesExpected: number;
  readonly imported: number;
  readonly importedWithWarnings: number;
  readonly alreadyThere: number;
  readonly skipped: number;
  readonly failed: number;
}

/** A line of the report. */
export interface FailedFile {
  readonly file: string;
  readonly reason: number;
  readonly error: string;
}

export function resultsOf({ results }: OperationShown): Results {
  return { files: 0, filesExpected: 0, imported: 0, importedWithWarnings: 0, alreadyThere: 0, skipped: 0, failed: 0, ...(results as Partial<Results> | undefined) };
}

/** `1,234 of 2,800 files, 2 failed` */
export function describeProgress(operation: OperationShown): string {
  const { files, filesExpected, failed } = resultsOf(operation);
  const done = files === 0 ? `${filesInWords(filesExpected)} found` : `${countInWords(files)} of ${filesInWords(filesExpected)}`;
  return failed > 0 ? `${done}, ${countInWords(failed)} failed` : done;
}

/** What the user reads when it is over, but what failed and why. */
export function writeCounts(what: string, operation: OperationShown): string {
  const { files, imported, importedWithWarnings, alreadyThere, skipped, failed } = resultsOf(operation);
  const rows: (readonly [string, number])[] = [
    ['stored', imported - importedWithWarnings], ['stored, with warnings', importedWithWarnings], ['there already', alreadyThere], ['failed', failed], ['hidden files and tables of contents, skipped', skipped],
  ];
  return [
    `${filesInWords(files)} of ${what}`,
    ...rows.filter(([, count]) => count > 0).map(([text, count]) => `  ${countInWords(count).padStart(11)}  ${text}`),
    ...(operation.status === 'failed' ? ['', `It ended before all files were through: ${operation.error ?? 'the log of the archive says why.'}`] : []),
    ...(operation.status === 'canceled' ? ['', 'It was canceled before all files were through; what is stored stays.'] : []),
    '',
  ].join('\n');
}

export function describeFailure({ file, reason, error }: FailedFile): string {
  return `  ${file}: ${describeReason(reason)}: ${error}`;
}
