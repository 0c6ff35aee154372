import { drawBar } from '../draw-bar.js';
import { type Counted } from './count-files.js';
import { type Tally } from './tally.js';
import { bytesInWords, countInWords, durationInWords } from './words.js';

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
export function barOf(tally: Tally, counted: Counted): string {
  return counted.complete ? `${drawBar(percent(tally.bytes + tally.inFlight, counted))} ` : '';
}

/** 100 only when it is all. */
const percent = (bytes: number, counted: Counted): number => (counted.bytes === 0 ? 100 : Math.min(100, Math.floor((bytes / counted.bytes) * 100)));

function timeLeft(tally: Tally, counted: Counted, bytesPerSecond: number | undefined): number | undefined {
  if (!counted.complete || bytesPerSecond === undefined || bytesPerSecond <= 0) return undefined;
  const bytes = Math.max(0, counted.bytes - tally.bytes - tally.inFlight);
  return bytes === 0 ? undefined : (bytes / bytesPerSecond) * 1000;
}
