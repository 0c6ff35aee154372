import type { IncomingHttpHeaders } from 'node:http';
import type { AnswerHead } from './answer-reader.js';

/** What belongs to one connection and not to the message (RFC 9110 §7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
/** Made anew for the connection to the service. */
const OF_THE_NEXT_HOP: ReadonlySet<string> = new Set(['host', 'expect', 'content-length']);

/** Names that a Connection field adds to those. */
function namedBy(connection: string | undefined): ReadonlySet<string> {
  return new Set(connection?.toLowerCase().split(',').map((name) => name.trim()));
}

/** How a request has its body: none, so many bytes, or in chunks (RFC 9112 §6.3). */
export function framingOf({ 'transfer-encoding': encoding, 'content-length': length = '0' }: IncomingHttpHeaders): 'none' | 'length' | 'chunked' {
  if (encoding !== undefined) return 'chunked';
  return Number(length) > 0 ? 'length' : 'none';
}

/**
 * The head of a request as a service gets it. A body is announced with `Expect`: the service asks for it when it is going
 * to read it, so until then nothing was begun, and a connection that turns out to be dead costs nothing but another one.
 */
export function requestHead(method: string, url: string, headers: IncomingHttpHeaders, host: string): string {
  const dropped = namedBy(headers.connection);
  let head = `${method} ${url} HTTP/1.1\r\nhost: ${host}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || HOP_BY_HOP.has(name) || OF_THE_NEXT_HOP.has(name) || dropped.has(name)) continue;
    head += `${name}: ${oneLine(Array.isArray(value) ? value.join(', ') : value)}\r\n`;
  }
  const framing = framingOf(headers);
  if (framing === 'chunked') head += 'transfer-encoding: chunked\r\n';
  else if (headers['content-length'] !== undefined) head += `content-length: ${oneLine(headers['content-length'])}\r\n`;
  if (framing !== 'none') head += 'expect: 100-continue\r\n';
  return `${head}\r\n`;
}

/** Node's parser lets no line break pass; that a field is one line must not hang on that alone. */
function oneLine(value: string): string {
  return value.replace(/[\r\n\0]/g, ' ');
}

/** The fields of a service's answer as the client gets them. */
export function answerHeaders({ fields }: AnswerHead): Record<string, string | string[]> {
  const dropped = namedBy(fields.find(([name]) => name === 'connection')?.[1]);
  const forwarded: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    if (HOP_BY_HOP.has(name) || dropped.has(name)) continue;
    const before = forwarded[name];
    forwarded[name] = before === undefined ? value : [before, value].flat();
  }
  return forwarded;
}
