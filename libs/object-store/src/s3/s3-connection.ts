import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { noAnswer, readRefusal, readText } from './read-answer.js';
import { mayPass, NoAnswer, Refusal } from './s3-errors.js';
import type { S3Options } from './s3-options.js';
import { endpointOf, signRequest, type S3Call } from './sign-request.js';

/** Kept connections are closed by us, before servers do it: MinIO after 30 s, AWS sooner. */
const keptIdleMs = 10_000;

/** Before a request that the server had no time for is repeated; up to three times that. */
const shortestPauseMs = 100;

/**
 * Signed requests on kept connections. Not by the calls of the client: they gather a body into one Buffer, hash it twice,
 * have no condition on a write and no timeouts, and leave answers of 5xx unread, which uses up the connections
 * (docs/adr/0004-s3-requests.md).
 */
export class S3Connection {
  readonly idleTimeoutMs: number;
  readonly #connectTimeoutMs: number;
  readonly #endpoint: URL;
  readonly #agent: http.Agent;
  readonly #request: typeof http.request;
  readonly #connected: 'connect' | 'secureConnect';

  constructor(private readonly options: S3Options) {
    this.idleTimeoutMs = options.idleTimeoutMs ?? 15_000;
    this.#connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
    this.#endpoint = endpointOf(options);
    const secure = this.#endpoint.protocol === 'https:';
    this.#agent = new (secure ? https : http).Agent({ keepAlive: true, timeout: keptIdleMs, maxSockets: options.connections ?? 256 });
    this.#request = (secure ? https : http).request;
    this.#connected = secure ? 'secureConnect' : 'connect';
  }

  /** Resolves with an answer of 2xx, whose body must be read or destroyed; rejects with NoAnswer or Refusal. */
  async send(call: S3Call): Promise<IncomingMessage> {
    try {
      return await this.#sendOnce(call);
    } catch (error) {
      if (!call.repeatable || call.signal?.aborted || !mayPass(error)) throw error;
      if (error instanceof Refusal) await pause(shortestPauseMs * (1 + 2 * Math.random()));
      return this.#sendOnce(call);
    }
  }

  /** As `send`; resolves with the text of the answer. */
  async ask(call: S3Call): Promise<string> {
    return readText(await this.send(call));
  }

  /** As `send`; what the answer says beyond its headers is of no interest. */
  async tell(call: S3Call): Promise<IncomingHttpHeaders> {
    const answer = await this.send(call);
    answer.resume();
    return answer.headers;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #sendOnce(call: S3Call): Promise<IncomingMessage> {
    const answer = await this.#answerTo(call);
    if (answer.statusCode! >= 200 && answer.statusCode! < 300) return answer;
    throw await readRefusal(answer);
  }

  #answerTo(call: S3Call): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const { body = [], idleTimeoutMs = this.idleTimeoutMs, signal } = call;
      const request = this.#request({ ...signRequest(call, this.#endpoint, this.options), agent: this.#agent, timeout: idleTimeoutMs, signal });
      let connected = false;
      let answer: IncomingMessage | undefined;
      const connecting = setTimeout(() => request.destroy(new NoAnswer('no connection in time', false)), this.#connectTimeoutMs);
      this.#whenConnected(request, () => {
        connected = true;
        clearTimeout(connecting);
      });
      request.on('timeout', () => (answer ?? request).destroy(new NoAnswer('ETIMEDOUT', connected)));
      request.on('response', (response) => resolve((answer = response)));
      request.on('error', (error) => {
        clearTimeout(connecting);
        reject(noAnswer(error, connected));
      });
      request.cork();
      for (const chunk of body) request.write(chunk);
      request.end();
    });
  }

  #whenConnected(request: ClientRequest, done: () => void): void {
    request.once('socket', (socket) => {
      if (socket.connecting) socket.once(this.#connected, done);
      else done();
    });
  }
}
