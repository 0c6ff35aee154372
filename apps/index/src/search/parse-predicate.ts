import { dateNumber, foldName, foldString, nameWords, stringNumber, timeNumber, withoutPadding } from '@isocenter/dicom';
import { BadRequest, type DialectPolicy } from '@isocenter/http';
import type { Predicate, SearchableAttribute } from '@isocenter/metadata-store';

/** More values of a list than anybody sends; a longer one does not fit into a URI of 8,192 characters anyway. */
const MAX_LIST = 512;

/** What one query parameter demands, normalised as the columns are; no predicate where the value matches everything. */
export function parsePredicate(attribute: SearchableAttribute, value: string, typed: string, fuzzy: boolean, policy: DialectPolicy['search']): Predicate[] {
  const padded = withoutPadding(value);
  if (padded === '') {
    if (policy.standardMatching) return [];
    throw new BadRequest(`Query parameter '${typed}' has no value; searching for an empty value is not supported.`);
  }
  if (policy.standardMatching && padded === '*') return [];
  switch (attribute.matching) {
    case 'uid': return [parseUids(attribute, padded, typed, policy)];
    case 'date': return [parseDate(attribute, padded, typed)];
    case 'time': return [parseTime(attribute, padded, typed)];
    case 'integer': return [parseInteger(attribute, padded, typed)];
    case 'modalities': return [{ kind: 'modalities', values: (policy.standardMatching ? padded.split(/[,\\]/) : [padded]).map(foldString).slice(0, MAX_LIST) }];
    case 'name': return parseName(attribute, padded, fuzzy, policy);
    case 'string': return [parseText(attribute, foldString(padded), policy)];
  }
}

/** Lists of StudyInstanceUIDs everywhere, of the other UIDs where matching is the standard's (PS3.4 §C.2.2.2.2). */
function parseUids({ column, keyword }: SearchableAttribute, value: string, typed: string, policy: DialectPolicy['search']): Predicate {
  const isList = policy.standardMatching || column === 'study';
  const values = isList ? value.split(/[,\\]/).map((uid) => withoutPadding(uid).trim()).filter((uid) => uid !== '') : [value];
  const wrong = values.find((uid) => uid.length > 64 || !/^[0-9A-Za-z.-]+$/.test(uid));
  if (wrong !== undefined || values.length === 0 || values.length > MAX_LIST) throw new BadRequest(`Query parameter '${typed}' has the value '${value}', which is no ${keyword}; a UID has 1 to 64 letters, digits, '.' or '-'.`);
  return { kind: 'equals', column, values };
}

function parseDate({ column }: SearchableAttribute, value: string, typed: string): Predicate {
  const wrong = (): BadRequest => new BadRequest(`Query parameter '${typed}' has the value '${value}'; allowed are a date YYYYMMDD and a range YYYYMMDD-YYYYMMDD, of which one end may be left out.`);
  const [first, second, ...more] = value.split('-').map((text) => text.trim());
  const from = dateNumber(first!);
  if (second === undefined) {
    if (from === undefined) throw wrong();
    return { kind: 'equals', column, values: [from] };
  }
  const to = dateNumber(second);
  if (more.length > 0 || (first !== '' && from === undefined) || (second !== '' && to === undefined) || (from === undefined && to === undefined)) throw wrong();
  if (from !== undefined && to !== undefined && from > to) throw wrong();
  return { kind: 'range', column, from, to };
}

function parseTime({ column }: SearchableAttribute, value: string, typed: string): Predicate {
  const [first, second, ...more] = value.split('-').map((text) => text.trim());
  const from = timeNumber(first!);
  const to = second === undefined || second === '' ? undefined : latestTime(second);
  if (more.length > 0 || (first !== '' && from === undefined) || (second && to === undefined) || (from === undefined && to === undefined)) {
    throw new BadRequest(`Query parameter '${typed}' has the value '${value}'; allowed are a time HH[MM[SS[.FFFFFF]]] and a range of two, of which one may be left out.`);
  }
  // A time of less precision stands for all times in it.
  return { kind: 'range', column, from, to: second === undefined ? latestTime(first!) : to };
}

/** The last moment that a time of less precision stands for. */
export function latestTime(text: string): number | undefined {
  const from = timeNumber(text);
  if (from === undefined) return undefined;
  const digits = text.replaceAll(/[:.]/g, '');
  return Number(`${digits}${'235959999999'.slice(digits.length)}`);
}

function parseInteger({ column }: SearchableAttribute, value: string, typed: string): Predicate {
  const number = stringNumber(value);
  if (!Number.isSafeInteger(number)) throw new BadRequest(`Query parameter '${typed}' has the value '${value}'; allowed is a whole number.`);
  return { kind: 'equals', column, values: [number!] };
}

function parseName(attribute: SearchableAttribute, value: string, fuzzy: boolean, policy: DialectPolicy['search']): Predicate[] {
  const column = attribute.column as 'patientName' | 'referringPhysician';
  if (!fuzzy) return [parseText(attribute, foldName(value), policy)];
  const prefixes = nameWords(value);
  // A value without any word, such as `^`, matches no word.
  return prefixes.length > 0 ? [{ kind: 'words', column, prefixes }] : [{ kind: 'equals', column, values: [foldName(value)] }];
}

function parseText({ column }: SearchableAttribute, folded: string, policy: DialectPolicy['search']): Predicate {
  if (policy.standardMatching && /[*?]/.test(folded)) return { kind: 'wildcard', column, pattern: folded };
  return { kind: 'equals', column, values: [folded] };
}
