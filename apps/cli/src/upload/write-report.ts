import { type Named, type Tally } from './tally.js';
import { bytesInWords, countInWords, durationInWords, filesInWords } from './words.js';

export interface Ending {
  readonly ms: number;
  /** Why not all files had their turn; undefined when they had. */
  readonly early?: string | undefined;
  /** What goes on from here; undefined when there is nothing left to do. */
  readonly goOn?: string | undefined;
}

/** What the user reads when it is over: counts, then each file that was not simply stored, and why. */
export function writeReport(tally: Tally, url: URL, { ms, early, goOn }: Ending): string {
  const { counts, named } = tally;
  const rows: (readonly [string, number])[] = [
    ['stored', counts.stored],
    ['stored, with warnings', counts['stored-with-warning']],
    ['there already', counts['there-already']],
    ['done before, by the journal', counts['done-before']],
    ['failed', counts.failed],
    ['not DICOM, skipped', counts['not-dicom']],
  ];
  return [
    `${filesInWords(tally.files)} to ${url.href}: ${bytesInWords(tally.sentBytes)} in ${durationInWords(ms)}`,
    ...rows.filter(([, count]) => count > 0).map(([text, count]) => `  ${countInWords(count).padStart(11)}  ${text}`),
    ...list('Failed', named.failed, counts.failed),
    ...list('Stored with warnings', named['stored-with-warning'], counts['stored-with-warning']),
    ...list('Not DICOM', named['not-dicom'], counts['not-dicom']),
    ...(early === undefined ? [] : ['', `It ended before all files were through. ${early}`.trimEnd()]),
    ...(goOn === undefined ? [] : ['', goOn]),
    '',
  ].join('\n');
}

function list(title: string, named: readonly Named[], count: number): string[] {
  if (count === 0) return [];
  const more = count > named.length ? [`  and ${countInWords(count - named.length)} more`] : [];
  return ['', `${title}:`, ...named.map(({ path, why }) => `  ${path}: ${why}`), ...more];
}
