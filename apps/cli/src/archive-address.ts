import { UsageError } from './usage-error.js';

/** Where a service stands, without a slash at its end. `service` and `like` say what is wanted. Throws `UsageError`. */
export function addressOf(text: string, service: string, like: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol)) throw new UsageError(`--url is "${text}"; it is to be the address of ${service}, such as ${like}.`);
  if (url.search !== '' || url.hash !== '' || url.username !== '' || url.password !== '') throw new UsageError('--url has a query, a fragment or a user; it is to be an address only. A key is given by --key or ISOCENTER_KEY.');
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

/** What a header can carry (RFC 9110 section 5.5); the key itself is never repeated. Throws `UsageError`. */
export function keyOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  if (!/^[\x21-\x7e]+$/.test(text)) throw new UsageError('The key has spaces or characters that no key has; give it as "npm run key" printed it.');
  return text;
}
