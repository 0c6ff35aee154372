import http, { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { signV4 } from 'minio/dist/esm/signing.mjs';
import { ObjectStoreSettingsError } from '../object-store-errors.js';
import { NoAnswer, Refusal } from './s3-errors.js';
import type { S3Options } from './s3-options.js';
import { textOf } from './s3-xml.js';

export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** The bucket itself when absent. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as they are, without gathering them. */
  readonly body?: readonly Buffer[];
  /** Sent once more when the connection breaks before there is an answer: a kept one may have been closed meanwhile. */
  readonly repeatable?: boolean;
  readonly idleTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Longer answers than a page of a listing are not read into memory. */
const longestText = 16 * 1024 * 1024;

/** Kept connections are closed by us, before servers do it: MinIO after 30 s, AWS sooner. */
const keptIdleMs = 10_000;

/**
 * Signed requests on kept connections. Not by the calls of the client: they gather a body into one Buffer, hash it twice,
 * have no condition on a write, no timeouts, and never read an answer of 5xx to its end, which uses up the connections
 * (docs/adr/0007-s3-requests.md).
 */
export class S3Connection {
  readonly idleTimeoutMs: number;
  readonly #secure: boolean;
  readonly #agent: http.Agent;
  readonly #endpoint: URL;
  readonly #connectTimeoutMs: number;

  constructor(private readonly options: S3Options) {
    this.#endpoint = endpointOf(options);
    this.#secure = this.#endpoint.protocol === 'https:';
    this.#connectTimeoutMs = options.connectTimeoutMs ?? 5_000;
    this.idleTimeoutMs = options.idleTimeoutMs ?? 15_000;
    this.#agent = new (this.#secure ? https : http).Agent({ keepAlive: true, timeout: keptIdleMs, maxSockets: options.connections ?? 256 });
  }

  /** Resolves with an answer of 2xx, whose body must be read or destroyed; rejects with NoAnswer or Refusal. */
  async send(call: S3Call): Promise<IncomingMessage> {
    const answer = await this.#sendOnceOrTwice(call);
    if (answer.statusCode! >= 200 && answer.statusCode! < 300) return answer;
    throw await refusalOf(answer);
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

  async #sendOnceOrTwice(call: S3Call): Promise<IncomingMessage> {
    try {
      return await this.#sendOnce(call);
    } catch (error) {
      const broken = error instanceof NoAnswer && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (!call.repeatable || !broken || call.signal?.aborted) throw error;
      return this.#sendOnce(call);
    }
  }

  #sendOnce(call: S3Call): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      let answer: IncomingMessage | undefined;
      let connected = false;
      const request = (this.#secure ? https : http).request(this.#signed(call));
      const connecting = setTimeout(() => request.destroy(timedOut('ECONNTIMEOUT')), this.#connectTimeoutMs);
      whenConnected(request, this.#secure, () => {
        connected = true;
        clearTimeout(connecting);
      });
      request.on('timeout', () => (answer ?? request).destroy(timedOut('ETIMEDOUT')));
      request.on('response', (response) => resolve((answer = response)));
      request.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(connecting);
        reject(new NoAnswer(error.code ?? 'an error without a code', connected, { cause: error }));
      });
      request.cork();
      for (const chunk of call.body ?? []) request.write(chunk);
      request.end();
    });
  }

  #signed({ method, key, query, headers, body, idleTimeoutMs, signal }: S3Call): RequestOptions {
    const { bucket, region, accessKey, secretKey, pathStyle = true } = this.options;
    const { port, host, protocol } = this.#endpoint;
    const hostname = this.#endpoint.hostname.replaceAll(/[[\]]/g, '');
    const path = `${pathStyle ? `/${bucket}` : ''}/${key === undefined ? '' : key.split('/').map(encodeURIComponent).join('/')}`;
    const search = Object.entries(query ?? {}).map(([name, value]) => `${name}=${encode(value)}`).join('&');
    const date = new Date();
    const request = {
      method, protocol, path: search === '' ? path : `${path}?${search}`,
      headers: {
        ...headers,
        host: pathStyle ? host : `${bucket}.${host}`,
        'x-amz-date': date.toISOString().replaceAll(/[-:]|\.\d{3}/g, ''),
        // Bytes are protected by a checksum of their own: SHA-256 costs both sides three times what CRC-32 does.
        'x-amz-content-sha256': unsigned,
        ...(body && { 'content-length': String(body.reduce((sum, { length }) => sum + length, 0)) }),
      } as Record<string, string>,
    };
    request.headers.authorization = signV4(request, accessKey, secretKey, region, date, unsigned);
    return { ...request, host: pathStyle ? hostname : `${bucket}.${hostname}`, port, agent: this.#agent, timeout: idleTimeoutMs ?? this.idleTimeoutMs, signal };
  }
}

const unsigned = 'UNSIGNED-PAYLOAD';

const endpointOf = ({ endpoint }: S3Options): URL => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.username === '') return url;
  throw new ObjectStoreSettingsError('The endpoint of S3 is an address such as http://minio:9000 or https://s3.eu-central-1.amazonaws.com, without a path or a password.');
};

/** RFC 3986, as signatures have it: `encodeURIComponent` leaves five more characters as they are. */
const encode = (text: string): string => encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

const whenConnected = (request: ClientRequest, secure: boolean, done: () => void): void => {
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', done);
    else done();
  });
};

const timedOut = (code: string): NodeJS.ErrnoException => Object.assign(new Error('The server took too long.'), { code });

/** An answer that breaks off is no answer. */
const readText = async (answer: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > longestText) throw timedOut('an answer without an end');
      chunks.push(chunk);
    }
  } catch (error) {
    throw new NoAnswer((error as NodeJS.ErrnoException).code ?? 'ECONNRESET', true, { cause: error });
  }
  return Buffer.concat(chunks).toString();
};

const refusalOf = async (answer: IncomingMessage): Promise<Refusal> => {
  const status = answer.statusCode!;
  const size = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1];
  const text = await readText(answer);
  // An answer to HEAD has no body; MinIO says it in a header, AWS not at all.
  const header = answer.headers['x-minio-error-code'];
  const code = textOf(text, 'Code') ?? (typeof header === 'string' ? header : (codes[status] ?? `HTTP status ${status}`));
  return new Refusal(status, /^[\w. ]{1,64}$/.test(code) ? code : `HTTP status ${status}`, size === undefined ? undefined : Number(size));
};

const codes: Readonly<Record<number, string>> = { 301: 'PermanentRedirect', 403: 'AccessDenied', 404: 'NotFound', 503: 'SlowDown' };
