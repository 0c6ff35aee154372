import type { TagValue } from '@isocenter/commands';
import { dateNumber, foldName, foldString, nameWords, stringNumber, timeNumber, withoutPadding } from '@isocenter/dicom';
import { dateTimeText, spanOfDateTime } from './date-time.js';

/** A member of DICOM JSON (PS3.18 annex F). */
export interface Member {
  readonly vr: string;
  readonly Value?: readonly unknown[];
}

const NUMBERS = new Set(['DS', 'FD', 'FL', 'IS', 'SL', 'SS', 'UL', 'US']);
const TEXTS = new Set(['AE', 'AS', 'CS', 'LO', 'SH']);
/** VRs that extended query tags may have. */
export const TAG_VRS: ReadonlySet<string> = new Set([...NUMBERS, ...TEXTS, 'DA', 'DT', 'PN', 'TM', 'UI']);
/** An answer holds one value where all of them would be longer. */
const MOST_MEMBER = 4_096;

/** The first value as it is stored for search; undefined when there is none, and 'wrong' when it is not what the VR of the tag says. */
export function tagValueOf(vr: string, member: Member): TagValue | 'wrong' | undefined {
  const [first] = member.Value ?? [];
  const text = vr === 'PN' ? nameOf(first) : String(first ?? '');
  if (withoutPadding(text) === '') return undefined;
  const value = normalTagValue(vr, text);
  if (value === undefined) return 'wrong';
  if (value === '') return undefined;
  const whole = JSON.stringify(member);
  const shown = whole.length <= MOST_MEMBER ? whole : JSON.stringify({ vr: member.vr, Value: [first] });
  return vr === 'PN' ? { value, words: nameWords(text), member: shown } : { value, member: shown };
}

/** The normal form of a value, in which texts are compared in the order of what they mean; undefined when it is not what the VR says. */
export function normalTagValue(vr: string, text: string): string | undefined {
  if (NUMBERS.has(vr)) return numberText(text);
  if (TEXTS.has(vr)) return foldString(text);
  switch (vr) {
    case 'PN': return foldName(text);
    case 'DA': return dateNumber(text)?.toString().padStart(8, '0');
    case 'TM': return timeText(timeNumber(text));
    case 'DT': return dateTimeText(spanOfDateTime(text)?.from);
    case 'UI': return withoutPadding(text);
    default: return undefined;
  }
}

/** HHMMSSFFFFFF. */
export function timeText(time: number | undefined): string | undefined {
  return time?.toString().padStart(12, '0');
}

/** `1`, `1.0` and `1e0` are the same number. */
function numberText(text: string): string | undefined {
  const number = stringNumber(text);
  // Without a minus at zero.
  return number === undefined ? undefined : String(number + 0);
}

/** With its groups, as files have it; '' when it is no name. */
function nameOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = value as Record<string, string>;
  return [Alphabetic, Ideographic, Phonetic].join('=').replace(/=+$/, '');
}
