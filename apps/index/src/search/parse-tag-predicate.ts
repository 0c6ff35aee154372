import { dateNumber, foldName, foldString, nameWords, timeNumber, withoutPadding } from '@isocenter/dicom';
import { BadRequest, isUid, type DialectPolicy } from '@isocenter/http';
import type { QueryTagRow, TagMatch, TagPredicate } from '@isocenter/metadata-store';
import { dateTimeText, spanOfDateTime } from '../query-tags/date-time.js';
import { normalTagValue, timeText } from '../query-tags/tag-value.js';
import { latestTime } from './parse-predicate.js';

/** What one query parameter demands of an extended query tag; no predicate where the value matches everything. */
export function parseTagPredicate(tag: QueryTagRow, value: string, typed: string, fuzzy: boolean, policy: DialectPolicy['search']): TagPredicate[] {
  const padded = withoutPadding(value);
  if (padded === '') {
    if (policy.standardMatching) return [];
    throw new BadRequest(`Query parameter '${typed}' has no value; searching for an empty value is not supported.`);
  }
  if (policy.standardMatching && padded === '*') return [];
  const match = matchOf(tag, padded, fuzzy, policy);
  if (typeof match === 'string') throw new BadRequest(`Query parameter '${typed}' has the value '${value}'; allowed is ${match}.`);
  return [{ kind: 'tag', level: tag.level, tag: tag.key, isName: tag.vr === 'PN', match }];
}

/** The match, or what is allowed. */
function matchOf({ vr }: QueryTagRow, value: string, fuzzy: boolean, { standardMatching }: DialectPolicy['search']): TagMatch | string {
  const text = (folded: string): TagMatch => (standardMatching && /[*?]/.test(folded) ? { kind: 'wildcard', pattern: folded } : { kind: 'equals', value: folded });
  switch (vr) {
    case 'PN': {
      const prefixes = fuzzy ? nameWords(value) : [];
      return prefixes.length > 0 ? { kind: 'words', prefixes } : text(foldName(value));
    }
    case 'DA': return rangeOf(value, dateSpan) ?? 'a date YYYYMMDD or a range YYYYMMDD-YYYYMMDD, of which one end may be left out';
    case 'TM': return rangeOf(value, timeSpan) ?? 'a time HH[MM[SS[.FFFFFF]]] or a range of two, of which one may be left out';
    case 'DT': return rangeOf(value, momentSpan) ?? 'a date and time YYYY[MM[DD[HH[MM[SS[.FFFFFF]]]]]][&ZZXX] or a range of two, of which one may be left out';
    case 'UI': return isUid(value) ? { kind: 'equals', value: normalTagValue(vr, value)! } : "a UID: 1 to 64 letters, digits, '.' or '-'";
    case 'AE': case 'AS': case 'CS': case 'LO': case 'SH': return text(foldString(value));
    default: {
      const normal = normalTagValue(vr, value);
      return normal === undefined ? 'a number' : { kind: 'equals', value: normal };
    }
  }
}

interface TextSpan {
  readonly from: string;
  readonly to: string;
}

/** A value stands for all that are in it; of two with `-` between them, of which one may be missing, all from the first to the last. An offset from UTC may begin with `-` too. */
function rangeOf(value: string, spanOf: (text: string) => TextSpan | undefined): TagMatch | undefined {
  const whole = spanOf(value);
  if (whole) return whole.from === whole.to ? { kind: 'equals', value: whole.from } : { kind: 'range', ...whole };
  for (let at = value.indexOf('-'); at >= 0; at = value.indexOf('-', at + 1)) {
    const [first, last] = [value.slice(0, at).trim(), value.slice(at + 1).trim()];
    const [from, to] = [first === '' ? undefined : spanOf(first), last === '' ? undefined : spanOf(last)];
    if ((first !== '' && !from) || (last !== '' && !to) || (!from && !to)) continue;
    return from && to && from.from > to.to ? undefined : { kind: 'range', ...(from && { from: from.from }), ...(to && { to: to.to }) };
  }
  return undefined;
}

function dateSpan(text: string): TextSpan | undefined {
  const date = dateNumber(text)?.toString().padStart(8, '0');
  return date === undefined ? undefined : { from: date, to: date };
}

function timeSpan(text: string): TextSpan | undefined {
  const from = timeText(timeNumber(text));
  const to = timeText(latestTime(text));
  return from === undefined || to === undefined ? undefined : { from, to };
}

function momentSpan(text: string): TextSpan | undefined {
  const span = spanOfDateTime(text);
  return span && { from: dateTimeText(span.from)!, to: dateTimeText(span.to)! };
}
