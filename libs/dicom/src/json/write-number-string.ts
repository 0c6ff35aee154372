import { type JsonBytes } from './json-bytes.js';

/** So many decimal digits always survive a double. */
const EXACT_DIGITS = 15;

/**
 * A DS or IS value without padding as a JSON number, or as a string where a double cannot hold it exactly or it is no
 * number (PS3.18 table F.2.3-1). The text is copied when JSON has the same grammar for it.
 */
export function writeNumberString(out: JsonBytes, source: Buffer, start: number, end: number): void {
  if (isExactJsonNumber(source, start, end)) out.copy(source, start, end);
  else writeRareNumber(out, source, start, end);
}

function isExactJsonNumber(source: Buffer, start: number, end: number): boolean {
  let at = start;
  if (source[at] === 0x2d) at++;
  const integer = at;
  while (at < end && isDigit(source[at] as number)) at++;
  const integerDigits = at - integer;
  if (integerDigits === 0 || (integerDigits > 1 && source[integer] === 0x30)) return false;
  let digits = integerDigits;
  if (at < end && source[at] === 0x2e) {
    const fraction = ++at;
    while (at < end && isDigit(source[at] as number)) at++;
    if (at === fraction) return false;
    digits += at - fraction;
  }
  return at === end && digits <= EXACT_DIGITS;
}

function writeRareNumber(out: JsonBytes, source: Buffer, start: number, end: number): void {
  const text = source.toString('latin1', start, end);
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value) && significand(text) === significand(String(value))) {
      out.ascii(Object.is(value, -0) ? '-0' : String(value));
      return;
    }
  }
  out.string(source, start, end);
}

/** Digits without leading and trailing zeros, and where the point stands: equal for equal numbers. */
function significand(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().replace(/^[+-]/, '').split('e');
  const [integer = '', fraction = ''] = mantissa.split('.');
  const all = (integer + fraction).replace(/^0+/, '');
  if (all === '') return '0';
  const digits = all.replace(/0+$/, '');
  return `${digits}e${Number(exponent) - fraction.length + (all.length - digits.length)}`;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
