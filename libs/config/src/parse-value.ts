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

/** On or off, in the words that people write. */
export const flag: Parse<boolean> = (value) => {
  if (/^(true|on|yes|1)$/i.test(value)) return true;
  if (/^(false|off|no|0)$/i.test(value)) return false;
  throw new RangeError('true or false');
};

/** `host:port,host:port` */
export const addressList: Parse<readonly string[]> = (value) => {
  const addresses = listOf(value);
  if (addresses.length > 0 && addresses.every((address) => /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/.test(address))) return addresses;
  throw new RangeError('host:port, several separated by commas');
};

/** `name,name:port,*.domain`, in lower case as URLs have them. */
export const hostPatterns: Parse<readonly string[]> = (value) => {
  const patterns = listOf(value.toLowerCase());
  if (patterns.length > 0 && patterns.every((pattern) => /^\*\.[a-z0-9.-]+$|^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(pattern))) return patterns;
  throw new RangeError('name, name:port or *.domain, several separated by commas');
};

/** The address of a server: scheme, host and port, without a final slash. */
export const httpUrl: Parse<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.pathname === '/' && url.search === '' && url.hash === '') return url.origin;
  throw new RangeError('http:// or https:// with a host and perhaps a port, nothing behind it');
};

/** `ohif`, `off`, or the address of a viewer that takes the query of its links. */
export const viewerOf: Parse<string> = (value) => {
  if (/^(ohif|off)$/i.test(value)) return value.toLowerCase();
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.hash === '') return url.href;
  throw new RangeError('ohif, off, or an http:// or https:// address');
};

export const httpUrlList: Parse<readonly string[]> = (value) => {
  const urls = listOf(value);
  if (urls.length === 0) throw new RangeError('at least one address, several separated by commas');
  return urls.map(httpUrl);
};

/** The database of the archive is part of it: data of two archives in one database would mix. */
export const mongoUrl: Parse<string> = (value) => {
  if (/^mongodb(\+srv)?:\/\/[^/]+\/[A-Za-z0-9_-]+(\?.*)?$/.test(value)) return value;
  throw new RangeError('mongodb://host:port/database?options, or mongodb+srv://');
};

/** What names of Kafka's topics may begin with. */
export const topicPrefix: Parse<string> = (value) => {
  if (/^[A-Za-z0-9._-]{0,100}$/.test(value)) return value;
  throw new RangeError("up to 100 letters, digits, '.', '-' and '_'");
};

function listOf(value: string): string[] {
  return value.split(',').map((member) => member.trim()).filter((member) => member !== '');
}
