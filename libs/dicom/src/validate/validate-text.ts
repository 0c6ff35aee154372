import { daysOfMonth } from '../days-of-month.js';
import { vrCode } from '../element-table.js';

const AE = vrCode('AE');
const AS = vrCode('AS');
const CS = vrCode('CS');
const DA = vrCode('DA');
const DS = vrCode('DS');
const DT = vrCode('DT');
const IS = vrCode('IS');
const LO = vrCode('LO');
const LT = vrCode('LT');
const PN = vrCode('PN');
const SH = vrCode('SH');
const ST = vrCode('ST');
const TM = vrCode('TM');
const UI = vrCode('UI');

/**
 * What is wrong with one value of PS3.5 table 6.2-1, or ''. The bytes are UTF-8 without padding. Wording as in the examples
 * of the v2 conformance page, whose misspelling ("mach") clients may match on.
 */
export function validateText(vr: number, bytes: Buffer, start: number, end: number): string {
  if (start >= end) return '';
  switch (vr) {
    case AE: return tooLong(bytes, start, end, 16) || controls(bytes, start, end, 'value contains invalid control character');
    case AS: return isAge(bytes, start, end) ? '' : 'value does not have pattern 000[DWMY]';
    case CS: return validateCode(bytes, start, end);
    case DA: return validateDate(bytes, start, end);
    case DS: return end - start > 16 ? tooLongText(16) : isDecimal(bytes, start, end) ? '' : 'value is no decimal string';
    case DT: return validateDateTime(bytes, start, end);
    case IS: return validateInteger(bytes, start, end);
    case LO: return tooLong(bytes, start, end, 64) || controls(bytes, start, end, 'value contains invalid character');
    case LT: return tooLong(bytes, start, end, 10240);
    case PN: return validateName(bytes, start, end);
    case SH: return controls(bytes, start, end, 'value contains invalid character') || tooLong(bytes, start, end, 16);
    case ST: return tooLong(bytes, start, end, 1024);
    case TM: return validateTime(bytes, start, end);
    case UI: return validateUid(bytes, start, end);
    default: return '';
  }
}

/** The v2 conformance page: 1 to 64 letters, digits, '.' and '-', but not '.' or '..' alone (they would be paths). */
export function validateUid(bytes: Buffer, start: number, end: number): string {
  if (end - start > 64) return tooLongText(64);
  let dots = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x2e) dots++;
    else if (!isDigit(byte) && byte !== 0x2d && !((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a)) return "value contains characters other than letters, digits, '.' and '-'";
  }
  return dots === end - start && dots <= 2 ? 'value has no component' : '';
}

function validateCode(bytes: Buffer, start: number, end: number): string {
  const problem = tooLong(bytes, start, end, 16);
  if (problem !== '') return problem;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (!isDigit(byte) && !(byte >= 0x41 && byte <= 0x5a) && byte !== 0x20 && byte !== 0x5f) {
      return 'value contains invalid character. Only uppercase characters, digits, space and underscore are allowed';
    }
  }
  return '';
}

function validateName(bytes: Buffer, start: number, end: number): string {
  let groups = 1;
  let components = 1;
  let characters = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === 0x3d) {
      groups++;
      components = 1;
      characters = 0;
      continue;
    }
    if (byte === 0x5e) components++;
    if ((byte & 0xc0) !== 0x80) characters++;
    if (byte < 0x20 || byte === 0x7f) return 'value contains invalid control character';
    if (characters > 64) return tooLongText(64);
    if (components > 5) return 'value contains too many components';
  }
  return groups > 3 ? 'value contains too many groups' : '';
}

/** YYYYMMDD, or YYYY.MM.DD of ACR-NEMA, which PS3.5 lets a reader accept. */
function validateDate(bytes: Buffer, start: number, end: number): string {
  const dotted = end - start === 10 && bytes[start + 4] === 0x2e && bytes[start + 7] === 0x2e;
  const gap = dotted ? 1 : 0;
  const year = number(bytes, start, 4);
  const month = number(bytes, start + 4 + gap, 2);
  const day = number(bytes, start + 6 + 2 * gap, 2);
  if ((end - start !== 8 && !dotted) || year < 0 || month < 0 || day < 0) return 'one of the date values does not match the pattern YYYYMMDD';
  if (month > 12) return 'month component exceeds the value 12';
  if (month === 0 || day === 0) return 'one of the date values does not match the pattern YYYYMMDD';
  const days = daysOfMonth(year, month);
  return day > days ? `day component exceeds the value ${days}` : '';
}

function validateTime(bytes: Buffer, start: number, end: number): string {
  if (bytes[start + 2] === 0x3a) return validateColonTime(bytes, start, end);
  const digits = digitsFrom(bytes, start, end);
  if (!isTimePattern(bytes, start, end, digits)) return 'value does not mach pattern HH or HHMM or HHMMSS or HHMMSS.F{1-6}';
  return validateTimeParts(bytes, start, digits);
}

/** HH:MM[:SS[.F{1-6}]] of ACR-NEMA, which PS3.5 lets a reader accept. */
function validateColonTime(bytes: Buffer, start: number, end: number): string {
  return validateTime(Buffer.from(bytes.toString('latin1', start, end).replaceAll(/:(?=\d)/g, '')), 0, end - start - (bytes[start + 5] === 0x3a ? 2 : 1));
}

function validateTimeParts(bytes: Buffer, start: number, digits: number): string {
  if (digits >= 2 && number(bytes, start, 2) > 23) return 'hours component exceeds 23';
  if (digits >= 4 && number(bytes, start + 2, 2) > 59) return 'minutes component exceeds 59';
  return digits >= 6 && number(bytes, start + 4, 2) > 60 ? 'seconds component exceeds 60' : '';
}

function isTimePattern(bytes: Buffer, start: number, end: number, digits: number): boolean {
  if (digits === 0 || digits > 6 || digits % 2 !== 0) return false;
  if (start + digits === end) return true;
  const fraction = end - start - 7;
  return digits === 6 && bytes[start + 6] === 0x2e && fraction >= 1 && fraction <= 6 && digitsFrom(bytes, start + 7, end) === fraction;
}

function validateDateTime(bytes: Buffer, start: number, end: number): string {
  let stop = start;
  while (stop < end && bytes[stop] !== 0x2b && bytes[stop] !== 0x2d) stop++;
  if (stop < end) {
    if (end - stop !== 5 || digitsFrom(bytes, stop + 1, end) !== 4) return 'value does not match the UTC pattern &ZZXX';
    const hours = number(bytes, stop + 1, 2);
    if (bytes[stop] === 0x2b && hours > 14) return 'positive UTC hours component exceeds 14 (allowed range is -1200 to +1400)';
    if (bytes[stop] === 0x2d && hours > 12) return 'negative UTC hours component exceeds 12 (allowed range is -1200 to +1400)';
    if (number(bytes, stop + 3, 2) > 59) return 'UTC minutes component exceeds 59';
  }
  const digits = digitsFrom(bytes, start, stop);
  const pattern = digits === 4 || digits === 6 || (digits >= 8 && isTimePattern(bytes, start + 8, stop, digits - 8)) || (digits === 8 && start + 8 === stop);
  if (!pattern || (digits < 8 && start + digits !== stop)) return 'value does not mach pattern YYYY[MM[DD[HH[MM[SS[.F{1-6}]]]]]]';
  const month = digits >= 6 ? number(bytes, start + 4, 2) : 1;
  const day = digits >= 8 ? number(bytes, start + 6, 2) : 1;
  if (month > 12) return 'month component exceeds 12';
  if (month === 0) return 'month component cannot be 0';
  const days = daysOfMonth(number(bytes, start, 4), month);
  if (day > days) return `day component exceeds ${days}`;
  if (day === 0) return 'day component cannot be 0';
  return validateTimeParts(bytes, start + 8, digits - 8);
}

function validateInteger(bytes: Buffer, start: number, end: number): string {
  const sign = bytes[start] === 0x2d || bytes[start] === 0x2b ? 1 : 0;
  const digits = digitsFrom(bytes, start + sign, end);
  if (digits === 0 || start + sign + digits !== end) return 'value is not an integer string';
  if (digits < 10) return '';
  const value = Number(bytes.toString('latin1', start, end));
  return value > 2147483647 || value < -2147483648 ? 'value too large to fit 32 bit integer' : '';
}

function isDecimal(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  if (bytes[at] === 0x2d || bytes[at] === 0x2b) at++;
  const integer = digitsFrom(bytes, at, end);
  at += integer;
  let fraction = 0;
  if (at < end && bytes[at] === 0x2e) {
    fraction = digitsFrom(bytes, at + 1, end);
    at += 1 + fraction;
  }
  if (integer + fraction === 0) return false;
  if (at === end) return true;
  if (((bytes[at] as number) | 0x20) !== 0x65) return false;
  at++;
  if (bytes[at] === 0x2d || bytes[at] === 0x2b) at++;
  return at < end && at + digitsFrom(bytes, at, end) === end;
}

function isAge(bytes: Buffer, start: number, end: number): boolean {
  const unit = bytes[end - 1];
  return end - start === 4 && digitsFrom(bytes, start, end) === 3 && (unit === 0x44 || unit === 0x57 || unit === 0x4d || unit === 0x59);
}

function tooLong(bytes: Buffer, start: number, end: number, limit: number): string {
  if (end - start <= limit) return '';
  let characters = 0;
  for (let i = start; i < end; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) characters++;
  return characters > limit ? tooLongText(limit) : '';
}

function tooLongText(limit: number): string {
  return `value exceeds maximum length of ${limit} characters`;
}

/** ESC is left to the character set: PS3.5 §6.1.3. */
function controls(bytes: Buffer, start: number, end: number, problem: string): string {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] as number;
    if ((byte < 0x20 && byte !== 0x1b) || byte === 0x7f) return problem;
  }
  return '';
}

function digitsFrom(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && isDigit(bytes[at] as number)) at++;
  return at - start;
}

/** -1 where one of the bytes is no digit. */
function number(bytes: Buffer, start: number, digits: number): number {
  let value = 0;
  for (let i = start; i < start + digits; i++) {
    const byte = bytes[i];
    if (byte === undefined || !isDigit(byte)) return -1;
    value = 10 * value + byte - 0x30;
  }
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
