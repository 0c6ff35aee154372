import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

/** What belongs to one connection and not to the message (RFC 9110 §7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

/** Names that a Connection field adds to those. */
function namedBy(connection: string | undefined): ReadonlySet<string> {
  return new Set(connection?.toLowerCase().split(',').map((name) => name.trim()));
}

/** Whether a request has a body, empty ones aside (RFC 9112 §6.3). */
export function hasBody({ 'transfer-encoding': encoding, 'content-length': length = '0' }: IncomingHttpHeaders): boolean {
  return encoding !== undefined || Number(length) > 0;
}

/**
 * The fields of a request as a service gets them. A body is announced with `Expect`: the service asks for it when it is going
 * to read it, so until then nothing was begun, and a connection that turns out to be dead costs nothing but another one.
 */
export function requestHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const dropped = namedBy(headers.connection);
  const forwarded: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!HOP_BY_HOP.has(name) && !dropped.has(name) && name !== 'host' && name !== 'expect') forwarded[name] = value;
  }
  if (headers['transfer-encoding'] !== undefined) {
    forwarded['transfer-encoding'] = 'chunked';
    delete forwarded['content-length'];
  }
  if (hasBody(headers)) forwarded.expect = '100-continue';
  return forwarded;
}

/** The fields of a service's answer as the client gets them. */
export function answerHeaders({ rawHeaders, headers: { connection } }: IncomingMessage): Record<string, string | string[]> {
  const dropped = namedBy(connection);
  const forwarded: Record<string, string | string[]> = {};
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase();
    if (HOP_BY_HOP.has(name) || dropped.has(name)) continue;
    const before = forwarded[name];
    const value = rawHeaders[i + 1]!;
    forwarded[name] = before === undefined ? value : [before, value].flat();
  }
  return forwarded;
}
