import { daysOfMonth, withoutPadding } from '@isocenter/dicom';

/** The milliseconds since 1970 for which a DT stands, both ends in it: one of less precision stands for all moments in it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const FORM = /^(\d{4})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:(\d{2})(?:\.(\d{1,6}))?)?)?)?)?)?([+-](?:0\d|1[0-4])[0-5]\d)?$/;

/** PS3.5 table 6.2-1. Without an offset from UTC it is taken as UTC. Undefined when it is no DT. */
export function spanOfDateTime(text: string): Span | undefined {
  const match = FORM.exec(withoutPadding(text));
  if (!match) return undefined;
  const [, year, month, day, hours, minutes, seconds, fraction, offset] = match;
  const parts = [month, day, hours, minutes, seconds].map((part) => (part === undefined ? undefined : Number(part)));
  const [m = 1, d = 1, h = 0, min = 0, s = 0] = parts;
  if (m < 1 || m > 12 || d < 1 || d > daysOfMonth(Number(year), m) || h > 23 || min > 59 || s > 60) return undefined;
  const begin = utc(Number(year), m, d, h, min, s) + Math.floor(Number(`0.${fraction ?? '0'}`) * 1_000);
  const end = fraction !== undefined ? begin + 1 : endOf(Number(year), parts);
  const shift = offset === undefined ? 0 : (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3))) * 60_000;
  return { from: begin - shift, to: end - shift - 1 };
}

/** Where the next one of its precision begins. */
function endOf(year: number, [month, day, hours, minutes, seconds]: readonly (number | undefined)[]): number {
  if (month === undefined) return utc(year + 1, 1, 1, 0, 0, 0);
  if (day === undefined) return utc(year, month + 1, 1, 0, 0, 0);
  if (hours === undefined) return utc(year, month, day + 1, 0, 0, 0);
  if (minutes === undefined) return utc(year, month, day, hours + 1, 0, 0);
  if (seconds === undefined) return utc(year, month, day, hours, minutes + 1, 0);
  return utc(year, month, day, hours, minutes, seconds + 1);
}

function utc(year: number, month: number, day: number, hours: number, minutes: number, seconds: number): number {
  // Date.UTC takes the years 0 to 99 for those of the last century.
  return new Date(0).setUTCFullYear(year, month - 1, day) + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}

/** The year 0 and later. */
const OFFSET = 62_200_000_000_000;

/** A moment as a text that sorts as time does. */
export function dateTimeText(moment: number | undefined): string | undefined {
  return moment === undefined ? undefined : String(moment + OFFSET).padStart(16, '0');
}
