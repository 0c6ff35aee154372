import { discardBody } from '@isocenter/http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { AnswerReader, type AnswerHead, type AnswerListener } from './answer-reader.js';
import { bodyWriter } from './body-writer.js';
import { answerHeaders, framingOf, requestHead } from './forwarded-headers.js';
import type { Replica } from './replicas.js';
import type { ConnectionUser, ServiceConnection } from './service-connection.js';

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

/** Sends the request to one replica, and its answer to the client. */
export function sendToReplica(request: IncomingMessage, response: ServerResponse, replica: Replica): Promise<Try> {
  return new Promise((resolve) => new Exchange(request, response, replica, resolve));
}

/**
 * A request on its way to a service and the answer on its way back, both as streams at the pace of the slower side. Whoever
 * leaves takes the other with him: a client that goes ends the service's work, and a service that dies in the middle of an
 * answer cuts the client's connection, since a clean end would make a short answer look whole.
 */
class Exchange implements ConnectionUser, AnswerListener {
  private readonly method: string;
  private readonly framing: 'none' | 'length' | 'chunked';
  private readonly connection: ServiceConnection;
  private readonly reader: AnswerReader;
  private readonly wasUsed: boolean;
  private connected = false;
  private body: Writable | undefined;
  private bodySent = false;
  private answering = false;
  /** Writes to the client that are not done yet. */
  private unwritten = 0;
  private timer: NodeJS.Timeout;
  private left = false;

  constructor(private readonly request: IncomingMessage, private readonly response: ServerResponse, private readonly replica: Replica, private readonly resolve: (end: Try) => void) {
    this.method = request.method ?? 'GET';
    this.framing = framingOf(request.headers);
    this.reader = new AnswerReader(this.method, this);
    replica.inFlight += 1;
    response.once('close', this.onClientGone);
    // What can be repeated neither by the gateway nor without harm goes on a connection that is known to be alive.
    this.connection = replica.connect(this.framing === 'none' && !this.isSafe);
    this.wasUsed = this.connection.used;
    this.timer = setTimeout(() => this.connection.destroy(new Error(`No connection within ${CONNECT_MS} ms.`)), CONNECT_MS);
    this.connection.use(this);
  }

  onConnected(): void {
    this.connected = true;
    clearTimeout(this.timer);
    this.connection.socket.write(requestHead(this.method, this.request.url ?? '/', this.request.headers, this.replica.host), 'latin1');
    if (this.framing === 'none') this.bodySent = true;
    else this.timer = setTimeout(() => this.onContinue(), CONTINUE_MS);
  }

  onContinue(): void {
    if (this.body || this.framing === 'none' || this.answering) return;
    clearTimeout(this.timer);
    this.body = bodyWriter(this.connection.socket, this.framing, () => (this.bodySent = true));
    // The connection says itself when it is lost.
    this.body.on('error', () => undefined);
    this.request.pipe(this.body);
  }

  onBytes(bytes: Buffer): void {
    const { socket } = this.response;
    // All that one read brings goes out in one write, within this turn: then the memory that was read into is free again.
    socket?.cork();
    try {
      this.reader.take(bytes);
    } catch (error) {
      this.connection.destroy(error as Error);
    }
    socket?.uncork();
    if (this.unwritten === 0 || socket?.writableLength === 0) return;
    // The client is slower: nothing is read until it has what was read, or into other memory when the connection is free.
    if (this.left) this.connection.giveMemoryAway();
    else this.connection.pause();
  }

  onHead(head: AnswerHead): void {
    this.answering = true;
    clearTimeout(this.timer);
    const headers = answerHeaders(head);
    this.response.on('error', () => undefined);
    this.response.writeHead(head.status, headers);
    // Of an answer without a length nobody knows when its first bytes come: an event stream may be silent for long.
    if (headers['content-length'] === undefined) this.response.flushHeaders();
    if (String(headers['content-type']).startsWith('text/event-stream')) this.replica.streams.add(this.endStream);
    if (!this.bodySent) this.stopSending();
    this.resolve({ kind: 'answered' });
  }

  onBody(bytes: Buffer): void {
    if (this.response.destroyed) return;
    this.unwritten += 1;
    this.response.write(bytes, this.onWritten);
  }

  onEnd(reusable: boolean): void {
    this.leave();
    this.response.end();
    if (reusable && this.bodySent) this.replica.keep(this.connection);
    else this.connection.destroy();
  }

  onLost(error: Error): void {
    if (this.left) return;
    this.leave();
    if (this.body) this.request.unpipe(this.body);
    if (this.answering) this.response.destroy();
    this.resolve(this.tryThatFailed(error));
  }

  private tryThatFailed(error: Error): Try {
    if (this.answering || this.response.destroyed) return { kind: 'answered' };
    if (!this.connected) return { kind: 'not-reached', error };
    const withoutEffect = this.framing === 'none' ? this.isSafe && this.wasUsed : !this.body;
    if (!withoutEffect) return { kind: 'unanswered', error };
    return { kind: this.wasUsed ? 'stale' : 'not-reached', error };
  }

  private get isSafe(): boolean {
    return this.method === 'GET' || this.method === 'HEAD';
  }

  /** The service answered without reading all of the body: what the client still sends is dropped, so that it comes to read the answer. */
  private stopSending(): void {
    if (this.body) this.request.unpipe(this.body);
    discardBody(this.request);
  }

  private readonly onWritten = (): void => {
    this.unwritten -= 1;
    if (this.unwritten === 0 && !this.left) this.connection.resume();
  };

  private readonly onClientGone = (): void => this.connection.destroy();

  private readonly endStream = (): void => {
    this.leave();
    this.response.end();
    this.connection.destroy();
  };

  /** What happens to the client or to the connection is this exchange's no more. */
  private leave(): void {
    this.left = true;
    clearTimeout(this.timer);
    this.replica.inFlight -= 1;
    this.replica.streams.delete(this.endStream);
    this.response.off('close', this.onClientGone);
  }
}
