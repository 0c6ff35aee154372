import { type IncomingHttpHeaders } from 'node:http';
import { parameterOf, parseMediaType, splitOutsideQuotes } from './negotiate/media-type.js';

/** RFC 3986 reg-name without percent-encoding, or an IP literal, and a port. */
const validHost = /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9])?|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const validPrefix = /^(?:\/[A-Za-z0-9._~-]{1,100}){1,10}$/;

export interface Connection {
  readonly headers: IncomingHttpHeaders;
  /** Whether the connection to this process is TLS. */
  readonly encrypted: boolean;
  /** `host:port` of this process, when no header says what the client used. */
  readonly localHost: string;
}

/**
 * The address under which the client reached us, without a final slash: `https://host:8443/prefix`. The outermost proxy's
 * word counts: the first member of Forwarded (RFC 7239), then X-Forwarded-*, then Host. What is no host, scheme or path
 * is passed over, so nothing can be smuggled into the URLs of an answer.
 */
export function externalBaseUrl({ headers, encrypted, localHost }: Connection): string {
  const forwarded = firstForwarded(headers.forwarded);
  const host = [forwarded.host, firstMember(headers['x-forwarded-host']), headers.host].find((candidate) => candidate !== undefined && validHost.test(candidate));
  const scheme = [forwarded.proto, firstMember(headers['x-forwarded-proto'])].map((candidate) => candidate?.toLowerCase()).find((candidate) => candidate === 'http' || candidate === 'https');
  const prefix = firstMember(headers['x-forwarded-prefix'])?.replace(/\/+$/, '') ?? '';
  return `${scheme ?? (encrypted ? 'https' : 'http')}://${host ?? localHost}${isPlainPath(prefix) ? prefix : ''}`;
}

function isPlainPath(prefix: string): boolean {
  return validPrefix.test(prefix) && !prefix.split('/').some((segment) => segment === '.' || segment === '..');
}

function firstForwarded(header: string | undefined): { host?: string | undefined; proto?: string | undefined } {
  if (header === undefined) return {};
  const [first = ''] = splitOutsideQuotes(header, ',');
  // `for=1.2.3.4;host=a;proto=https` has the grammar of parameters.
  const pairs = parseMediaType(`x/x;${first}`);
  return pairs === undefined ? {} : { host: parameterOf(pairs, 'host'), proto: parameterOf(pairs, 'proto') };
}

function firstMember(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  return text?.split(',')[0]?.trim();
}
