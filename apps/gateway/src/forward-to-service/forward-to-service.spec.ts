import { createLogger } from '@isocenter/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type ClientRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { anonymous } from '@isocenter/auth';
import { Gateway } from '../gateway.js';
import { forwardToService } from './forward-to-service.js';
import { Replicas } from './replicas.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const log = createLogger({ level: 'silent', service: 'gateway' });
const secret = 's'.repeat(32);

/** A service in another process, but for the process: a server that does what the test says. */
class Upstream {
  readonly requests: IncomingMessage[] = [];
  readonly sockets = new Set<Socket>();
  handler: Handler = (_request, response) => response.end('ok');
  private constructor(readonly server: Server) {}

  static async start(port = 0): Promise<Upstream> {
    const server = createServer();
    const upstream = new Upstream(server);
    const handle: Handler = (request, response) => {
      upstream.requests.push(request);
      upstream.handler(request, response);
    };
    server.on('request', handle);
    // The handler asks for the body itself, when it wants it.
    server.on('checkContinue', handle);
    server.on('connection', (socket) => upstream.sockets.add(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return upstream;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Reads the body as a service does, and answers with its digest. */
const digest: Handler = (request, response) => {
  if (request.headers.expect !== undefined) response.writeContinue();
  buffer(request).then((body) => response.end(sha256(body)), () => response.destroy());
};

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('forwardToService', () => {
  let upstream: Upstream;
  let gateway: Gateway;
  let replicas: Replicas[];
  let base: string;
  let port: number;

  const serve = async (...urls: string[]): Promise<void> => {
    const one = new Replicas(urls, undefined);
    replicas.push(one);
    const binding = forwardToService('ingest', one, log);
    gateway = new Gateway({ authenticate: () => anonymous, anonymous: true, serviceSecret: secret, services: { ingest: binding, index: binding, retrieve: binding, 'change-feed': binding }, health: () => undefined, log });
    gateway.server.listen(0, '127.0.0.1');
    await once(gateway.server, 'listening');
    ({ port } = gateway.server.address() as AddressInfo);
    base = `http://127.0.0.1:${port}/dicom-web`;
  };
  const stopGateway = async (): Promise<void> => {
    gateway.server.closeAllConnections();
    await new Promise((resolve) => gateway.server.close(resolve));
  };

  beforeEach(async () => {
    replicas = [];
    upstream = await Upstream.start();
    await serve(upstream.url);
  });
  afterEach(async () => {
    await stopGateway();
    for (const one of replicas) one.close();
    await upstream.stop();
  });

  const get = (path = '/studies', init?: RequestInit): Promise<Response> => fetch(base + path, init);
  const post = (body: Buffer, init: RequestInit = {}): Promise<Response> => fetch(`${base}/studies`, { method: 'POST', body: body as NonNullable<RequestInit['body']>, ...init });

  describe('requests', () => {
    it('given a request, then the service gets method, inner path, query, context and secret, and nothing that belongs to the connection', async () => {
      await text((await raw('GET', '/studies?PatientID=1', { connection: 'keep-alive, x-hop', 'x-hop': '1', te: 'trailers', 'x-isocenter-secret': 'forged', 'x-isocenter-context': '{}', accept: 'x/y' })) as IncomingMessage);
      const [{ method, url, headers }] = upstream.requests as [IncomingMessage];
      expect([method, url, headers.accept, headers['x-isocenter-secret'], headers['x-hop'], headers.te]).toEqual(['GET', '/studies?PatientID=1', 'x/y', secret, undefined, undefined]);
      expect(JSON.parse(headers['x-isocenter-context'] as string)).toMatchObject({ dialect: 'dicom-web', partition: 'Microsoft.Default' });
    });

    it.each(['with a length', 'chunked'])('given a body %s, then every byte arrives', async (how) => {
      upstream.handler = digest;
      const body = randomBytes(5_000_000);
      const answer = await (how === 'chunked' ? post(body, { body: new Blob([body]).stream(), duplex: 'half' } as RequestInit) : post(body));
      expect(await answer.text()).toBe(sha256(body));
      expect(upstream.requests[0]!.headers['transfer-encoding'] === 'chunked').toBe(how === 'chunked');
    });

    it('given an empty body, then there is none', async () => {
      upstream.handler = digest;
      expect(await (await post(Buffer.alloc(0))).text()).toBe(sha256(Buffer.alloc(0)));
      expect(upstream.requests[0]!.headers).toMatchObject({ 'content-length': '0' });
      expect(upstream.requests[0]!.headers.expect).toBeUndefined();
    });

    it('given a client that leaves while it sends, then the service gets an error and no end', async () => {
      const ended = Promise.withResolvers<unknown>();
      upstream.handler = (request, response) => {
        response.writeContinue();
        request.once('data', () => client.destroy());
        buffer(request).then(() => ended.resolve('whole'), ended.resolve);
      };
      const client = start('POST', '/studies', { 'transfer-encoding': 'chunked' });
      client.write(Buffer.alloc(100_000));
      expect(await ended.promise).toMatchObject({ code: 'ECONNRESET' });
    });

    it('given a service that reads slowly, then the client is not read ahead of it', async () => {
      let sent = 0;
      let ahead = 0;
      upstream.handler = (request, response) => {
        response.writeContinue();
        void readSlowly(request, (read) => (ahead = Math.max(ahead, sent - read))).then(() => response.end());
      };
      const client = start('POST', '/studies', { 'content-length': String(MUCH) });
      const answered = once(client, 'response');
      await sendFast(client, (bytes) => (sent = bytes));
      await answered;
      expect(ahead).toBeLessThan(BETWEEN);
    });
  });

  describe('answers', () => {
    it('given an answer, then the client gets status, fields and bytes, and the gateway\'s own fields', async () => {
      upstream.handler = (_request, response) => {
        response.setHeader('warning', ['299 a', '299 b']);
        response.writeHead(202, { 'content-type': 'x/y', connection: 'keep-alive, x-hop', 'x-hop': '1', etag: '"1"' }).end('stored');
      };
      const answer = (await raw('GET', '/studies')) as IncomingMessage;
      expect([answer.statusCode, await text(answer)]).toEqual([202, 'stored']);
      expect(answer.headersDistinct).toMatchObject({ 'content-type': ['x/y'], warning: ['299 a', '299 b'], etag: ['"1"'], 'access-control-allow-origin': ['*'], 'x-request-id': [expect.any(String)] });
      expect(answer.headers['x-hop']).toBeUndefined();
    });

    it.each<[string, number, Record<string, string>]>([['HEAD', 200, { 'content-length': '4000' }], ['GET', 304, { etag: '"1"' }], ['GET', 204, {}]])('given %s answered %i, then there is no body, and the connection is used again', async (method, status, headers) => {
      upstream.handler = (_request, response) => response.writeHead(status, headers).end();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let i = 0; i < 2; i += 1) {
        const answer = (await raw(method, '/studies', {}, agent)) as IncomingMessage;
        expect([answer.statusCode, (await buffer(answer)).length]).toEqual([status, 0]);
        expect(answer.headers).toMatchObject(headers);
      }
      expect([upstream.sockets.size, upstream.requests.length]).toEqual([1, 2]);
      agent.destroy();
    });

    it('given an event stream, then each event comes when it is sent', async () => {
      let send!: (event: string) => void;
      upstream.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
        send = (event) => void response.write(event);
      };
      const answer = await get('/changefeed/stream');
      const reader = answer.body!.getReader();
      for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
        send(event);
        expect(Buffer.from((await reader.read()).value!).toString()).toBe(event);
      }
      await reader.cancel();
      await until(() => upstream.requests[0]!.destroyed);
    });

    it('given an event stream, when the gateway is to stop, then the client\'s stream ends, and the service\'s', async () => {
      upstream.handler = (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write('data: 1\n\n');
      };
      const reader = (await get('/changefeed/stream')).body!.getReader();
      await reader.read();
      replicas.at(-1)!.endStreams();
      expect((await reader.read()).done).toBe(true);
      await until(() => upstream.requests[0]!.destroyed);
    });

    it.each(['with a length', 'chunked'])('given a service that dies in the middle of an answer %s, then the client\'s connection is cut', async (how) => {
      upstream.handler = (request, response) => {
        response.writeHead(200, how === 'chunked' ? {} : { 'content-length': 1_000_000 });
        response.write(Buffer.alloc(100_000), () => request.socket.destroy());
      };
      await expect(get().then((answer) => answer.arrayBuffer())).rejects.toThrow();
    });

    it('given a client that leaves in the middle of an answer, then the service\'s answer is closed', async () => {
      const closed = Promise.withResolvers<boolean>();
      upstream.handler = (_request, response) => {
        response.writeHead(200, { 'content-length': 1e9 });
        response.once('close', () => closed.resolve(response.writableFinished));
        response.write(Buffer.alloc(100_000));
      };
      const answer = (await raw('GET', '/studies')) as IncomingMessage;
      answer.once('data', () => answer.destroy());
      expect(await closed.promise).toBe(false);
    });

    it('given a client that leaves before there is an answer, then the service\'s work is ended', async () => {
      const closed = Promise.withResolvers<void>();
      const asked = Promise.withResolvers<void>();
      upstream.handler = (_request, response) => {
        response.once('close', closed.resolve);
        asked.resolve();
      };
      const client = start('GET', '/studies');
      client.end();
      await asked.promise;
      client.destroy();
      await closed.promise;
    });

    it('given a client that reads slowly, then the service is not read ahead of it', async () => {
      let sent = 0;
      let ahead = 0;
      upstream.handler = (_request, response) => {
        response.writeHead(200);
        void sendFast(response, (bytes) => (sent = bytes));
      };
      const answer = (await raw('GET', '/studies')) as IncomingMessage;
      await readSlowly(answer, (read) => (ahead = Math.max(ahead, sent - read)));
      expect(ahead).toBeLessThan(BETWEEN);
    });
  });

  describe('uploads that are answered early', () => {
    const refuse: Handler = (_request, response) => response.writeHead(413, { 'content-type': 'text/plain' }).end('too large');

    it('given a service that refuses before it reads, then a client that sends gets the answer, and its connection is used again', async () => {
      upstream.handler = refuse;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ports = new Set<unknown>();
      for (let i = 0; i < 2; i += 1) {
        const client = start('POST', '/studies', { 'content-length': '20000000' }, agent);
        client.end(Buffer.alloc(20_000_000));
        const [answer] = (await once(client, 'response')) as [IncomingMessage];
        ports.add(client.socket!.localPort);
        expect([answer.statusCode, await text(answer)]).toEqual([413, 'too large']);
        await finished(client);
      }
      expect(ports.size).toBe(1);
      agent.destroy();
    });

    it('given a service that refuses after a part of the body, then the client gets the answer at once', async () => {
      upstream.handler = (request, response) => {
        response.writeContinue();
        request.once('data', () => refuse(request, response));
      };
      const client = start('POST', '/studies', { 'content-length': '4000000000' });
      client.write(Buffer.alloc(100_000));
      const [answer] = (await once(client, 'response')) as [IncomingMessage];
      expect([answer.statusCode, await text(answer)]).toEqual([413, 'too large']);
      client.destroy();
    });

    it('given a client that waits for 100 Continue, then it comes when the service reads', async () => {
      const hold = Promise.withResolvers<void>();
      upstream.handler = (request, response) => void hold.promise.then(() => digest(request, response));
      const client = start('POST', '/studies', { 'content-length': '3', expect: '100-continue' });
      let continued = false;
      client.once('continue', () => {
        continued = true;
        client.end('abc');
      });
      await until(() => upstream.requests.length === 1);
      expect(continued).toBe(false);
      hold.resolve();
      const [answer] = (await once(client, 'response')) as [IncomingMessage];
      expect([await text(answer), continued]).toEqual([sha256(Buffer.from('abc')), true]);
    });

    it.each<[string, Handler | undefined, string, number]>([['the service', refuse, '/studies', 413], ['the gateway', undefined, '/nowhere', 404]])('given a client that waits for 100 Continue, when %s refuses, then it never comes', async (_who, handler, path, status) => {
      if (handler) upstream.handler = handler;
      const socket = connect(port, '127.0.0.1');
      socket.write(`POST /dicom-web${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`);
      const answer = await text(socket);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).not.toContain('100 Continue');
    });

    it('given a service that knows no Expect, then the body is sent to it all the same', async () => {
      upstream.handler = (request, response) => void buffer(request).then((body) => response.end(sha256(body)));
      const body = randomBytes(1000);
      expect(await (await post(body)).text()).toBe(sha256(body));
    });
  });

  describe('connections that prove dead', () => {
    /** Answers the first request of each connection, and closes it at the next one, as a server does whose time is over. */
    const once1: Handler = (request, response) => {
      const { socket } = request as IncomingMessage & { socket: Socket & { used?: boolean } };
      if (socket.used) return void socket.destroy();
      socket.used = true;
      digest(request, response);
    };

    it.each(['GET', 'POST'])('given a kept connection that is dead, when a %s comes, then it goes out on another one, once', async (method) => {
      upstream.handler = once1;
      const body = randomBytes(200_000);
      for (let i = 0; i < 3; i += 1) {
        const answer = await (method === 'GET' ? get() : post(body));
        expect([answer.status, await answer.text()]).toEqual([200, sha256(method === 'GET' ? Buffer.alloc(0) : body)]);
      }
      expect([upstream.requests.length, upstream.sockets.size]).toEqual([5, 3]);
    });

    it('given a DELETE, then it never goes out on a kept connection', async () => {
      upstream.handler = once1;
      await (await get()).text();
      expect((await fetch(`${base}/studies/1.2`, { method: 'DELETE' })).status).toBe(200);
      expect([upstream.requests.length, upstream.sockets.size]).toEqual([2, 2]);
    });

    it('given a new connection that ends without an answer, then a read is 503 and a write is 502, and neither is repeated', async () => {
      upstream.handler = (request, response) => {
        response.writeContinue();
        request.on('end', () => request.socket.destroy()).resume();
      };
      const written = await post(Buffer.alloc(1000));
      expect([written.status, await written.text()]).toEqual([502, expect.stringContaining('not known')]);
      const deleted = await fetch(`${base}/studies/1.2`, { method: 'DELETE' });
      expect(deleted.status).toBe(502);
      const read = await get();
      expect([read.status, read.headers.get('retry-after')]).toEqual([503, '1']);
      expect(upstream.requests.length).toBe(3);
    });
  });

  describe('several replicas', () => {
    let other: Upstream;
    beforeEach(async () => {
      other = await Upstream.start();
      await stopGateway();
      await serve(upstream.url, other.url);
    });
    afterEach(() => other.stop());

    it('given two, then each gets its turn', async () => {
      for (let i = 0; i < 6; i += 1) await (await get()).text();
      expect([upstream.requests.length, other.requests.length]).toEqual([3, 3]);
    });

    it('given one that refuses connections, then the other one gets all, uploads too', async () => {
      await other.stop();
      upstream.handler = digest;
      const body = randomBytes(300_000);
      for (let i = 0; i < 4; i += 1) {
        expect((await get()).status).toBe(200);
        expect(await (await post(body)).text()).toBe(sha256(body));
      }
    });

    it('given one that comes back, then it gets its turn again', async () => {
      const { port: freed } = other.server.address() as AddressInfo;
      await other.stop();
      await (await get()).text();
      await (await get()).text();
      other = await Upstream.start(freed);
      const deadline = Date.now() + 10_000;
      while (other.requests.length === 0 && Date.now() < deadline) await (await get()).text();
      expect(other.requests.length).toBe(1);
    });

    it('given none, then 503 with Retry-After, whatever is asked', async () => {
      await Promise.all([upstream.stop(), other.stop()]);
      for (const answer of [await get(), await post(Buffer.alloc(100_000))]) {
        expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '5', expect.stringContaining('ingest is not available')]);
      }
    });
  });

  it('given a host that takes connections and is silent, then 503 after a while', async () => {
    const silent = createTcpServer((socket) => silentSockets.push(socket));
    const silentSockets: Socket[] = [];
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await stopGateway();
    // It never answers the handshake of TLS.
    await serve(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    expect((await get()).status).toBe(503);
    for (const socket of silentSockets) socket.destroy();
    silent.close();
  }, 20_000);

  function start(method: string, path: string, headers: Record<string, string> = {}, agent?: Agent): ClientRequest {
    const client = httpRequest(`${base}${path}`, { method, headers, ...(agent && { agent }) });
    client.on('error', () => undefined);
    return client;
  }

  async function raw(method: string, path: string, headers: Record<string, string> = {}, agent?: Agent): Promise<IncomingMessage | undefined> {
    const client = start(method, path, headers, agent);
    client.end();
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined);
    return answer;
  }
});

const MUCH = 200 * 1024 * 1024;
/** What the kernel and the processes between hold at most; without back-pressure it would be most of it all. */
const BETWEEN = 40 * 1024 * 1024;

async function sendFast(target: Writable, onSent: (bytes: number) => void): Promise<void> {
  const block = Buffer.alloc(65_536);
  for (let sent = 0; sent < MUCH; onSent((sent += block.length))) {
    if (target.write(block)) await turn();
    else await once(target, 'drain');
  }
  target.end();
}

async function readSlowly(source: Readable, onRead: (bytes: number) => void): Promise<void> {
  let read = 0;
  for await (const chunk of source) {
    onRead((read += (chunk as Buffer).length));
    for (let i = 0; i < 5; i += 1) await turn();
  }
}

async function finished(client: ClientRequest): Promise<void> {
  if (!client.writableFinished) await once(client, 'finish');
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}
