import { discardBody } from '@isocenter/http';
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { answerHeaders, hasBody, requestHeaders } from './forwarded-headers.js';
import type { Replica } from './replicas.js';

/** What became of one try. */
export type Try =
  /** Its answer is on the way to the client, or the client left. */
  | { readonly kind: 'answered' }
  /** Nothing of it can have had an effect: no connection, or the service never asked for the body. */
  | { readonly kind: 'not-reached'; readonly error: Error }
  /** As `not-reached`, but it was a kept connection that proved dead: the next one may be good. */
  | { readonly kind: 'stale'; readonly error: Error }
  /** The connection ended before an answer; what the service did is not known. */
  | { readonly kind: 'unanswered'; readonly error: Error };

const CONNECT_MS = 2_000;
/** A service that asks for no body within this is taken for one that does not know `Expect` (RFC 9110 §10.1.1). */
const CONTINUE_MS = 1_000;
/** Nothing in either direction for so long: longer than the gateway gives its clients. */
const IDLE_MS = 330_000;

/**
 * Sends the request to one replica and its answer to the client, both as streams at the pace of the slower side. Whoever
 * leaves takes the other with him: a client that goes ends the service's work, and a service that dies in the middle of an
 * answer cuts the client's connection, since a clean end would make a short answer look whole.
 */
export function sendToReplica(request: IncomingMessage, response: ServerResponse, replica: Replica): Promise<Try> {
  const { promise, resolve } = Promise.withResolvers<Try>();
  const withBody = hasBody(request.headers);
  const safe = request.method === 'GET' || request.method === 'HEAD';
  // What can be repeated neither by the gateway nor without harm goes on a connection that is known to be alive.
  const upstream = replica.request({ method: request.method, path: request.url, headers: requestHeaders(request.headers) }, !safe && !withBody);
  let connected = false;
  let sendingBody = false;
  const timers: NodeJS.Timeout[] = [];
  const clientLeft = (): void => void upstream.destroy();

  const sendBody = (): void => {
    if (sendingBody || upstream.destroyed) return;
    sendingBody = true;
    request.pipe(upstream);
  };
  const onConnected = (): void => {
    connected = true;
    clearTimeout(timers[0]);
    if (withBody) timers.push(setTimeout(sendBody, CONTINUE_MS));
  };

  replica.inFlight += 1;
  response.once('close', clientLeft);
  timers.push(setTimeout(() => upstream.destroy(new Error(`No connection within ${CONNECT_MS} ms.`)), CONNECT_MS));
  whenConnected(upstream, onConnected);
  upstream.setTimeout(IDLE_MS, () => upstream.destroy(new Error(`Nothing was sent in either direction for ${IDLE_MS} ms.`)));
  upstream.on('continue', sendBody);
  upstream.on('response', (answer) => {
    const early = withBody && !upstream.writableEnded;
    passAnswer(answer, response, replica);
    if (early) stopSending(request, upstream, answer);
    resolve({ kind: 'answered' });
  });
  upstream.on('error', (error) => {
    if (sendingBody) request.unpipe(upstream);
    const repeatable = withBody ? !sendingBody : safe;
    if (response.destroyed) resolve({ kind: 'answered' });
    else if (!connected) resolve({ kind: 'not-reached', error });
    else if (upstream.reusedSocket && repeatable) resolve({ kind: 'stale', error });
    else resolve({ kind: withBody && !sendingBody ? 'not-reached' : 'unanswered', error });
  });
  upstream.once('close', () => {
    replica.inFlight -= 1;
    timers.forEach(clearTimeout);
    response.off('close', clientLeft);
    resolve({ kind: 'answered' });
  });
  if (!withBody) upstream.end();
  return promise;
}

function whenConnected(upstream: ClientRequest, onConnected: () => void): void {
  upstream.once('socket', (socket) => {
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', onConnected);
    else onConnected();
  });
}

/** The service answered without reading all of the body: what the client still sends is dropped, so that it comes to read the answer. */
function stopSending(request: IncomingMessage, upstream: ClientRequest, answer: IncomingMessage): void {
  request.unpipe(upstream);
  discardBody(request);
  answer.once('close', () => upstream.destroy());
}

function passAnswer(answer: IncomingMessage, response: ServerResponse, { streams }: Replica): void {
  const headers = answerHeaders(answer);
  response.writeHead(answer.statusCode!, headers);
  // Of an answer without a length nobody knows when its first bytes come: an event stream may be silent for long.
  if (headers['content-length'] === undefined) response.flushHeaders();
  let ended = false;
  const endStream = (): void => {
    ended = true;
    answer.unpipe(response);
    response.end();
    answer.destroy();
  };
  if (/^text\/event-stream/i.test(answer.headers['content-type'] ?? '')) streams.add(endStream);
  answer.on('error', () => undefined);
  answer.once('close', () => {
    streams.delete(endStream);
    if (!answer.complete && !ended) response.destroy();
  });
  answer.pipe(response);
}
