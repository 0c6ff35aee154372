import { BadRequest, MAX_NUMBER, queryParameters, wholeNumberOf, type DialectPolicy } from '@isocenter/http';

/** What a feed request asks for. */
export interface FeedWindow {
  /** Inclusive and exclusive, UTC with seven fraction digits. */
  readonly startTime: string | undefined;
  readonly endTime: string | undefined;
  /** `time`: rows to skip in the window; `sequence`: the sequence behind which it begins. */
  readonly offset: number;
  readonly limit: number;
  readonly includeMetadata: boolean;
}

/** ISO 8601 with a time zone; up to seven fraction digits count. */
const TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,7})\d*)?\s*(Z|[+-]\d{2}:?\d{2})$/i;

/** Parses the query of a feed request; names match in any letter case. Throws BadRequest. */
export function parseWindow(query: string, policy: DialectPolicy['changeFeed']): FeedWindow {
  const given = queryParameters(query);
  const window = {
    startTime: policy.paging === 'time' ? parseTime('startTime', given.get('starttime')) : undefined,
    endTime: policy.paging === 'time' ? parseTime('endTime', given.get('endtime')) : undefined,
    offset: wholeNumberOf('offset', given.get('offset'), 0, 0, MAX_NUMBER),
    limit: wholeNumberOf('limit', given.get('limit'), policy.limit.standard, 1, policy.limit.max),
    includeMetadata: parseMetadataFlag(given.get('includemetadata')),
  };
  if (window.startTime !== undefined && window.endTime !== undefined && window.startTime >= window.endTime) {
    throw new BadRequest(`Query parameter 'startTime' is '${given.get('starttime')}' and 'endTime' is '${given.get('endtime')}'; the start must lie before the end.`);
  }
  return window;
}

export function parseMetadataFlag(value: string | undefined): boolean {
  const folded = value?.toLowerCase() ?? 'true';
  if (folded !== 'true' && folded !== 'false') throw new BadRequest(`Query parameter 'includeMetadata' has the value '${value}'; allowed are true and false.`);
  return folded === 'true';
}

function parseTime(name: string, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // An unescaped plus sign of a time zone arrives as a space.
  const match = TIME.exec(value.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  const ms = match ? Date.parse(`${match[1]}T${match[2]!.length === 5 ? `${match[2]}:00` : match[2]}${match[4]!.toUpperCase()}`) : NaN;
  const utc = Number.isNaN(ms) ? '' : new Date(ms).toISOString();
  // Years have four digits, also in UTC.
  if (!match || !/^\d{4}-/.test(utc) || !isDay(match[1]!)) throw new BadRequest(`Query parameter '${name}' has the value '${value.slice(0, 80)}'; allowed is a date and time with a time zone, such as 2026-01-31T09:00:00Z.`);
  return `${utc.slice(0, 20)}${(match[3] ?? '').padEnd(7, '0')}Z`;
}

/** `Date` takes February 30 for March 2. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
}
