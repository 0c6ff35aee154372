import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import { ForwardingGateway, secret, until } from '../../test/forwarding-gateway.js';
import { digest, sha256, Upstream, type Handler } from '../../test/upstream.js';

describe('forwardToService', () => {
  let upstream: Upstream;
  let gateway: ForwardingGateway;

  beforeEach(async () => {
    upstream = await Upstream.start();
    gateway = await ForwardingGateway.start([upstream.url]);
  });
  afterEach(async () => {
    await gateway.stop();
    await upstream.stop();
  });

  describe('requests', () => {
    it('given a request, then the service gets method, inner path, query, context and secret, and nothing that belongs to the connection', async () => {
      await text(await gateway.ask('GET', '/studies?PatientID=1', { connection: 'keep-alive, x-hop', 'x-hop': '1', te: 'trailers', 'x-isocenter-secret': 'forged', 'x-isocenter-context': '{}', accept: 'x/y' }));
      const [{ method, url, headers }] = upstream.requests as [IncomingMessage];
      expect([method, url, headers.accept, headers['x-isocenter-secret'], headers['x-hop'], headers.te]).toEqual(['GET', '/studies?PatientID=1', 'x/y', secret, undefined, undefined]);
      expect(JSON.parse(headers['x-isocenter-context'] as string)).toMatchObject({ dialect: 'dicom-web', partition: 'Microsoft.Default' });
    });

    it.each(['with a length', 'chunked'])('given a body %s, then every byte arrives', async (how) => {
      upstream.handler = digest;
      const body = randomBytes(5_000_000);
      const answer = await (how === 'chunked' ? gateway.post(body, { body: new Blob([body]).stream(), duplex: 'half' } as RequestInit) : gateway.post(body));
      expect(await answer.text()).toBe(sha256(body));
      expect(upstream.requests[0]!.headers['transfer-encoding'] === 'chunked').toBe(how === 'chunked');
    });

    it('given an empty body, then there is none', async () => {
      upstream.handler = digest;
      expect(await (await gateway.post(Buffer.alloc(0))).text()).toBe(sha256(Buffer.alloc(0)));
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
      const client = gateway.open('POST', '/studies', { 'transfer-encoding': 'chunked' });
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
      const client = gateway.open('POST', '/studies', { 'content-length': String(MUCH) });
      const answered = once(client, 'response');
      await sendFast(client, (bytes) => (sent = bytes));
      await answered;
      expect(ahead).toBeLessThan(BETWEEN);
    }, 60_000);
  });

  describe('answers', () => {
    it('given an answer, then the client gets status, fields and bytes, and the gateway\'s own fields', async () => {
      upstream.handler = (_request, response) => {
        response.setHeader('warning', ['299 a', '299 b']);
        response.writeHead(202, { 'content-type': 'x/y', connection: 'keep-alive, x-hop', 'x-hop': '1', etag: '"1"' }).end('stored');
      };
      const answer = await gateway.ask('GET', '/studies');
      expect([answer.statusCode, await text(answer)]).toEqual([202, 'stored']);
      expect(answer.headersDistinct).toMatchObject({ 'content-type': ['x/y'], warning: ['299 a', '299 b'], etag: ['"1"'], 'access-control-allow-origin': ['*'], 'x-request-id': [expect.any(String)] });
      expect(answer.headers['x-hop']).toBeUndefined();
    });

    it.each<[string, number, Record<string, string>]>([['HEAD', 200, { 'content-length': '4000' }], ['GET', 304, { etag: '"1"' }], ['GET', 204, {}]])('given %s answered %i, then there is no body, and the connection is used again', async (method, status, headers) => {
      upstream.handler = (_request, response) => response.writeHead(status, headers).end();
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      for (let i = 0; i < 2; i += 1) {
        const answer = await gateway.ask(method, '/studies', {}, agent);
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
      const reader = (await gateway.get('/changefeed/stream')).body!.getReader();
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
      const reader = (await gateway.get('/changefeed/stream')).body!.getReader();
      await reader.read();
      gateway.replicas.endStreams();
      expect((await reader.read()).done).toBe(true);
      await until(() => upstream.requests[0]!.destroyed);
    });

    it.each(['with a length', 'chunked'])('given a service that dies in the middle of an answer %s, then the client\'s connection is cut', async (how) => {
      upstream.handler = (request, response) => {
        response.writeHead(200, how === 'chunked' ? {} : { 'content-length': 1_000_000 });
        response.write(Buffer.alloc(100_000), () => request.socket.destroy());
      };
      await expect(gateway.get().then((answer) => answer.arrayBuffer())).rejects.toThrow();
    });

    it('given a client that leaves in the middle of an answer, then the service\'s answer is closed', async () => {
      const closed = Promise.withResolvers<boolean>();
      upstream.handler = (_request, response) => {
        response.writeHead(200, { 'content-length': 1e9 });
        response.once('close', () => closed.resolve(response.writableFinished));
        response.write(Buffer.alloc(100_000));
      };
      const answer = await gateway.ask('GET', '/studies');
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
      const client = gateway.open('GET', '/studies').end();
      await asked.promise;
      client.destroy();
      await closed.promise;
    });

    it('given an answer that has to wait for its client, when the connection carries other answers meanwhile, then it has its own bytes', async () => {
      const first = Promise.withResolvers<ServerResponse>();
      const bodies = ['a', 'b'].map((letter) => letter.repeat(50_000));
      upstream.handler = ({ url }, response) => (url === '/studies' ? first.resolve(response.writeHead(200, { 'content-length': 5 })) : response.end(bodies[Number(url!.at(-1))]));
      // The second request of the same connection: its answer waits until the first one has ended.
      const client = connect(gateway.port, '127.0.0.1');
      client.write(['/studies', '/studies?n=0'].map((path) => `GET /dicom-web${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(''));
      await until(() => upstream.requests.length === 2);
      for (let i = 0; i < 5; i += 1) expect(await (await gateway.get('/studies?n=1')).text()).toBe(bodies[1]);
      (await first.promise).end('first');
      let received = '';
      for await (const chunk of client) {
        received += String(chunk);
        if (received.includes('first') && received.endsWith('a') && received.split('a'.repeat(1000)).length > 50) break;
      }
      expect(received.slice(-50_000)).toBe(bodies[0]);
      expect(upstream.sockets.size).toBe(2);
    });

    it.each(['with a length', 'chunked'])('given clients that read slowly and answers %s, then each gets its own bytes', async (how) => {
      const bodies = Array.from({ length: 8 }, (_, at) => randomBytes(1_000_000 + at * 700_001));
      upstream.handler = (request, response) => {
        const body = bodies[Number(request.url!.split('=')[1])]!;
        response.writeHead(200, how === 'chunked' ? {} : { 'content-length': body.length });
        for (let at = 0; at < body.length; at += 30_011) response.write(body.subarray(at, at + 30_011));
        response.end();
      };
      await Promise.all(bodies.map(async (body, at) => {
        const hash = createHash('sha256');
        for await (const chunk of await gateway.ask('GET', `/studies?n=${at}`)) {
          hash.update(chunk as Buffer);
          for (let i = 0; i < at % 3; i += 1) await turn();
        }
        expect(hash.digest('hex')).toBe(sha256(body));
      }));
    }, 60_000);

    it('given a client that reads slowly, then the service is not read ahead of it', async () => {
      let sent = 0;
      let ahead = 0;
      upstream.handler = (_request, response) => {
        response.writeHead(200);
        void sendFast(response, (bytes) => (sent = bytes));
      };
      const answer = await gateway.ask('GET', '/studies');
      await readSlowly(answer, (read) => (ahead = Math.max(ahead, sent - read)));
      expect(ahead).toBeLessThan(BETWEEN);
    }, 60_000);
  });

  describe('uploads that are answered early', () => {
    const refuse: Handler = (_request, response) => response.writeHead(413, { 'content-type': 'text/plain' }).end('too large');

    it('given a service that refuses before it reads, then a client that sends gets the answer, and its connection is used again', async () => {
      upstream.handler = refuse;
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const ports = new Set<unknown>();
      for (let i = 0; i < 2; i += 1) {
        const client = gateway.open('POST', '/studies', { 'content-length': '20000000' }, agent).end(Buffer.alloc(20_000_000));
        const [answer] = (await once(client, 'response')) as [IncomingMessage];
        ports.add(client.socket!.localPort);
        expect([answer.statusCode, await text(answer)]).toEqual([413, 'too large']);
        await until(() => client.writableFinished);
      }
      expect(ports.size).toBe(1);
      agent.destroy();
    });

    it('given a service that refuses after a part of the body, then the client gets the answer at once', async () => {
      upstream.handler = (request, response) => {
        response.writeContinue();
        request.once('data', () => refuse(request, response));
      };
      const client = gateway.open('POST', '/studies', { 'content-length': '4000000000' });
      client.write(Buffer.alloc(100_000));
      const [answer] = (await once(client, 'response')) as [IncomingMessage];
      expect([answer.statusCode, await text(answer)]).toEqual([413, 'too large']);
      client.destroy();
    });

    it('given a client that waits for 100 Continue, then it comes when the service reads', async () => {
      const hold = Promise.withResolvers<void>();
      upstream.handler = (request, response) => void hold.promise.then(() => digest(request, response));
      const client = gateway.open('POST', '/studies', { 'content-length': '3', expect: '100-continue' });
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

    it.each<[string, string, number]>([['the service', '/studies', 413], ['the gateway', '/nowhere', 404]])('given a client that waits for 100 Continue, when %s refuses, then it never comes', async (_who, path, status) => {
      upstream.handler = refuse;
      const socket = connect(gateway.port, '127.0.0.1');
      socket.write(`POST /dicom-web${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n`);
      const answer = await text(socket);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).not.toContain('100 Continue');
    });

    it('given a service that knows no Expect, then the body is sent to it all the same', async () => {
      upstream.handler = (request, response) => void buffer(request).then((body) => response.end(sha256(body)));
      const body = randomBytes(1000);
      expect(await (await gateway.post(body)).text()).toBe(sha256(body));
    });
  });
});

const MUCH = 120 * 1024 * 1024;
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
    for (let i = 0; i < 3; i += 1) await turn();
  }
}
