import { answerClientError, answerRaw, continueWhenRead, Unauthorized } from '@isocenter/http';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The three SERVICE_TLS_* settings; all are set or none. */
export interface ServiceTlsFiles {
  readonly serviceTlsCert: string | undefined;
  readonly serviceTlsKey: string | undefined;
  readonly serviceTlsCa: string | undefined;
}

export interface ServiceTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca: Buffer;
}

/** Reads the files; a certificate that is renewed is taken with the next start. */
export function readServiceTls({ serviceTlsCert, serviceTlsKey, serviceTlsCa }: ServiceTlsFiles): ServiceTls | undefined {
  if (serviceTlsCert === undefined || serviceTlsKey === undefined || serviceTlsCa === undefined) return undefined;
  return { cert: readFileSync(serviceTlsCert), key: readFileSync(serviceTlsKey), ca: readFileSync(serviceTlsCa) };
}

const HEADERS_TIMEOUT_MS = 30_000;
/** Longer than any silence of the gateway, which cuts its clients after five minutes. */
const IDLE_TIMEOUT_MS = 330_000;
/** Told to the gateway in `Keep-Alive`: it stops using a connection a second before it is closed here. */
const KEEP_ALIVE_MS = 65_000;
/** What the gateway reads of a client (32 KiB), and the context that it adds. */
const MAX_HEADER_BYTES = 64 * 1024;

/**
 * The HTTP server of a service, for the gateway and for the health pages. With TLS, whoever shows no certificate of the
 * authority sees the health pages only: an orchestrator's probe has none.
 */
export function createInternalServer(tls: ServiceTls | undefined, answerHealth: Answer, answer: Answer): Server {
  const options: ServerOptions = { requestTimeout: 0, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS, maxHeaderSize: MAX_HEADER_BYTES, noDelay: true };
  const onRequest: Answer = (request, response) => {
    if (/^\/health\//i.test(request.url ?? '')) answerHealth(request, response);
    else if (tls && !(request.socket as TLSSocket).authorized) answerRaw(request, response, new Unauthorized('This service answers only its gateway, which shows a certificate.'));
    else answer(request, response);
  };
  const server = tls ? createTlsServer({ ...options, ...tls, requestCert: true, rejectUnauthorized: false }, onRequest) : createServer(options, onRequest);
  server.timeout = IDLE_TIMEOUT_MS;
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    continueWhenRead(request, response);
    // Else Node closes under an answer that comes without `100 Continue`: a gateway that did not wait so long would lose the answer while it writes.
    response.setHeader('connection', 'keep-alive');
    onRequest(request, response);
  });
  server.on('clientError', answerClientError);
  return server as Server;
}
