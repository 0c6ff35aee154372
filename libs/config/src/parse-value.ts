/** Reads the text of one setting. Throws `RangeError` whose message says what is allowed. */
export type Parse<T> = (text: string) => T;

export const text: Parse<string> = (value) => value;

export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Parse<number> {
  return (value) => {
    const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (number >= min && number <= max) return number;
    throw new RangeError(max === Number.MAX_SAFE_INTEGER ? `a whole number from ${min}` : `a whole number from ${min} to ${max}`);
  };
}

export function oneOf<const T extends string>(...allowed: readonly T[]): Parse<T> {
  return (value) => {
    const found = allowed.find((candidate) => candidate === value.toLowerCase());
    if (found !== undefined) return found;
    throw new RangeError(`one of ${allowed.join(', ')}`);
  };
}

/** A secret that can stand in an HTTP header: visible ASCII. */
export function secretOf(characters: number): Parse<string> {
  return (value) => {
    if (value.length >= characters && /^[\x21-\x7e]+$/.test(value)) return value;
    throw new RangeError(`at least ${characters} characters, ASCII without spaces`);
  };
}

/** A host name (RFC 1123) or an IP address, without brackets, scheme or port. */
export const hostName: Parse<string> = (value) => {
  if (/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/.test(value) || /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(value)) return value;
  throw new RangeError('a host name or an IP address, without scheme and port');
};
