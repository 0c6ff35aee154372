import { once } from 'node:events';
import { createServer, request as requestTo, Agent, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform } from 'node:stream';

/** What becomes of a request. */
export type Fate =
  /** The connection breaks as soon as the request is there; the server gets nothing of it. */
  | { readonly kind: 'cut' }
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: 'cut-request'; readonly bytes: number }
  /** The server does what it was asked for; its answer is lost. */
  | { readonly kind: 'lose-answer' }
  /** The connection breaks, or falls silent, after so many bytes of the answer's body. */
  | { readonly kind: 'cut-answer' | 'silence'; readonly bytes: number }
  /** One byte of the body is another. */
  | { readonly kind: 'falsify' }
  /** Answered here. */
  | { readonly kind: 'refuse'; readonly status: number; readonly code: string };

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** Stands before a server of HTTP and lets connections break where a test wants it. */
export class CuttingProxy {
  readonly seen: SeenRequest[] = [];
  /** Decides for each request; without a fate it passes. */
  fate: (request: SeenRequest) => Fate | undefined = () => undefined;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #server: Server;
  #port = 0;

  private constructor(private readonly target: URL) {
    this.#server = createServer((incoming, outgoing) => this.#handle(incoming, outgoing));
  }

  static async start(target: string): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(new URL(target));
    await proxy.goUp();
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  count(method: string, inUrl = ''): number {
    return this.seen.filter((request) => request.method === method && request.url.includes(inUrl)).length;
  }

  /** As when the server is started, again on the same port. */
  async goUp(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** As when the server dies: connections break, new ones are refused. */
  async goDown(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async stop(): Promise<void> {
    await this.goDown();
    this.#agent.destroy();
  }

  #handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const seen = { method: incoming.method!, url: incoming.url!, headers: incoming.headers };
    this.seen.push(seen);
    const fate = this.fate(seen);
    if (fate?.kind === 'cut') return cut(incoming);
    if (fate?.kind === 'refuse') {
      incoming.resume().on('end', () => outgoing.writeHead(fate.status, { 'content-type': 'application/xml' }).end(`<Error><Code>${fate.code}</Code></Error>`));
      return;
    }
    // The host stays as it was: it is signed.
    const forwarded = requestTo(this.target, { method: seen.method, path: seen.url, headers: seen.headers, agent: this.#agent });
    forwarded.on('error', () => cut(incoming));
    incoming.on('close', () => !incoming.complete && forwarded.destroy());
    forwarded.on('response', (answer) => {
      answer.on('error', () => cut(incoming));
      if (fate?.kind === 'lose-answer') {
        answer.resume().on('end', () => cut(incoming));
        return;
      }
      outgoing.on('close', () => answer.destroy());
      outgoing.writeHead(answer.statusCode!, answer.headers);
      if (fate?.kind === 'cut-answer') answer.pipe(passing(fate.bytes, () => cut(incoming))).pipe(outgoing);
      else if (fate?.kind === 'silence') answer.pipe(passing(fate.bytes, () => undefined)).pipe(outgoing);
      else answer.pipe(outgoing);
    });
    if (fate?.kind === 'cut-request') {
      incoming.pipe(passing(fate.bytes, () => {
        forwarded.destroy();
        cut(incoming);
      })).pipe(forwarded);
    } else if (fate?.kind === 'falsify') incoming.pipe(falsifying()).pipe(forwarded);
    else incoming.pipe(forwarded);
  }
}

const cut = (incoming: IncomingMessage): void => void incoming.socket.resetAndDestroy();

/** So many bytes pass, and then nothing does, not even the end. */
const passing = (bytes: number, then: () => void): Transform => {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (chunk.length <= left) {
        left -= chunk.length;
        done(null, chunk);
        return;
      }
      this.push(chunk.subarray(0, left));
      left = 0;
      then();
    },
  });
};

const falsifying = (): Transform => {
  let falsified = false;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const copy = Buffer.from(chunk);
      if (!falsified && copy.length > 0) copy[0]! ^= 1;
      falsified = true;
      done(null, copy);
    },
  });
};
