import { type Counted } from './count-files.js';
import { type Tally } from './tally.js';
import { bytesInWords, countInWords, durationInWords } from './words.js';

const BAR_CELLS = 24;

/** One line: `1,234 of 2,800 files, 12.3 of 28.1 GB (43 %), 96.1 MB/s, 3 min left, 2 failed`; `bytesPerSecond` is undefined before it is known. */
export function describeProgress(tally: Tally, counted: Counted, bytesPerSecond: number | undefined): string {
  const bytes = tally.bytes + tally.inFlight;
  const left = timeLeft(tally, counted, bytesPerSecond);
  return [
    `${countInWords(tally.files)} of ${counted.complete ? '' : 'at least '}${countInWords(counted.files)} files`,
    `${bytesInWords(bytes)}${counted.complete ? ` of ${bytesInWords(counted.bytes)} (${percent(bytes, counted)} %)` : ''}`,
    ...(bytesPerSecond === undefined ? [] : [`${bytesInWords(bytesPerSecond)}/s`]),
    ...(left === undefined ? [] : [`${durationInWords(left)} left`]),
    ...(tally.counts.failed > 0 ? [`${countInWords(tally.counts.failed)} failed`] : []),
  ].join(', ');
}

/** `[██████░░░░]`, or nothing as long as it is not known of how much. */
export function drawBar(tally: Tally, counted: Counted): string {
  if (!counted.complete) return '';
  const full = Math.floor((percent(tally.bytes + tally.inFlight, counted) / 100) * BAR_CELLS);
  return `[${'█'.repeat(full)}${'░'.repeat(BAR_CELLS - full)}] `;
}

/** 100 only when it is all. */
const percent = (bytes: number, counted: Counted): number => (counted.bytes === 0 ? 100 : Math.min(100, Math.floor((bytes / counted.bytes) * 100)));

function timeLeft(tally: Tally, counted: Counted, bytesPerSecond: number | undefined): number | undefined {
  if (!counted.complete || bytesPerSecond === undefined || bytesPerSecond <= 0) return undefined;
  const bytes = Math.max(0, counted.bytes - tally.bytes - tally.inFlight);
  return bytes === 0 ? undefined : (bytes / bytesPerSecond) * 1000;
}
