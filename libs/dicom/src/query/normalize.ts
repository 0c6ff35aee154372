import { daysOfMonth } from '../days-of-month.js';

/** Values are stored and searched in one normal form; the search side uses the same functions on what it is asked for. */

const NON_ASCII = /[^\0-\x7f]/;
/** Accents and points, but not the voicing marks of kana, which make other letters. */
const ACCENTS = /(?![\u3099\u309a])\p{M}/gu;
const BETWEEN_WORDS = /[^\p{L}\p{N}\p{M}]+/u;

/** Case folded, without trailing spaces and nulls. */
export function foldString(text: string): string {
  const trimmed = withoutPadding(text);
  if (!NON_ASCII.test(trimmed)) return trimmed.toLowerCase();
  // A capital sigma becomes another letter at the end of a word, which would spoil prefixes.
  return trimmed.normalize('NFC').toLowerCase().replaceAll('ς', 'σ');
}

/** A person name with all its groups, case and accents folded, without empty components and groups at the end. */
export function foldName(name: string): string {
  const folded = NON_ASCII.test(name) ? foldString(name.normalize('NFKD').replace(ACCENTS, '')) : foldString(name);
  const groups = folded.split('=').map((group) => group.replace(/[\s^]+$/, ''));
  while (groups.length > 1 && groups.at(-1) === '') groups.pop();
  return groups.join('=');
}

/** The words of a name's components in all groups, folded, each once: what fuzzy matching takes prefixes of. */
export function nameWords(name: string): string[] {
  return [...new Set(foldName(name).split(BETWEEN_WORDS))].filter((word) => word !== '');
}

/** YYYYMMDD, or YYYY.MM.DD of ACR-NEMA, as the number 20240131. */
export function dateNumber(text: string): number | undefined {
  const match = /^(\d{4})(\.?)(\d{2})\2(\d{2})$/.exec(withoutPadding(text));
  if (match === null) return undefined;
  const [, year, , month, day] = match;
  if (month === '00' || Number(month) > 12 || day === '00' || Number(day) > daysOfMonth(Number(year), Number(month))) return undefined;
  return Number(`${year}${month}${day}`);
}

/** HH[MM[SS[.F…]]] as the number HHMMSSFFFFFF; parts that are left out count as 0. Also HH:MM:SS of ACR-NEMA. */
export function timeNumber(text: string): number | undefined {
  const match = /^(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?$/.exec(withoutPadding(text));
  if (match === null) return undefined;
  const [, hours = '00', minutes = '00', seconds = '00', fraction = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return undefined;
  return Number(`${hours}${minutes}${seconds}${fraction.padEnd(6, '0')}`);
}

/** IS or DS; undefined when it is no finite number. */
export function stringNumber(text: string): number | undefined {
  const trimmed = withoutPadding(text).trim();
  const value = trimmed === '' ? NaN : Number(trimmed);
  return Number.isFinite(value) ? value : undefined;
}

export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === 0x20 || text.charCodeAt(end - 1) === 0)) end--;
  return text.slice(0, end);
}
