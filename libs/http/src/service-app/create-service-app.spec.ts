import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { Controller, Get, Module, Param, Post, Req, Res } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@isocenter/telemetry';
import { fastify as createFastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import {
  answerRouterError, BadRequest, createServiceApp, CurrentContext, readParts, type RequestContext, ServiceUnavailable, stripContext, writeContext,
} from '../index.js';
import { type ServiceApp } from './create-service-app.js';

const secret = 's'.repeat(32);
const context: RequestContext = {
  requestId: 'request-1', dialect: 'azure-v2', partition: 'Microsoft.Default', partitionInPath: false,
  baseUrl: 'http://localhost/v2', principal: { name: 'Ärztin', permissions: ['read'], partitions: ['*'] }, apiVersion: 'v2',
};
const size = 24 * 1024 * 1024;

/** What the controller saw; the tests wait for it. */
let uploadEnd: Promise<unknown>;
let sent = 0;
let downloadClosed: Promise<unknown>;
/** Resolves when the handler has read the first bytes of an upload. */
let uploadBegan: PromiseWithResolvers<void>;

@Controller()
class ProbeController {
  @Get('who/:study')
  who(@CurrentContext() who: RequestContext, @Param('study') study: string): unknown {
    return { study, ...who };
  }

  @Post('digest')
  async digest(@Req() request: FastifyRequest): Promise<string> {
    const ended = Promise.withResolvers<unknown>();
    uploadEnd = ended.promise;
    const hash = createHash('sha256');
    try {
      for await (const chunk of request.body as AsyncIterable<Buffer>) {
        hash.update(chunk);
        uploadBegan.resolve();
      }
      ended.resolve('whole');
    } catch (error) {
      ended.resolve(error);
      throw error;
    }
    return hash.digest('hex');
  }

  @Post('half')
  async half(@Req() request: FastifyRequest): Promise<string> {
    const parts = readParts(request.body as Readable, { boundary: 'b' });
    await parts.next();
    return 'a multipart';
  }

  @Post('json')
  json(@Req() request: FastifyRequest): unknown {
    return request.body;
  }

  @Get('large')
  large(@Res() reply: FastifyReply): void {
    const block = Buffer.alloc(64 * 1024, 7);
    sent = 0;
    const source = new Readable({
      read() {
        sent += block.length;
        this.push(sent > size ? null : block);
      },
    });
    downloadClosed = once(source, 'close');
    void reply.header('content-type', 'application/octet-stream').send(source);
  }

  @Get('broken')
  broken(@Res() reply: FastifyReply): void {
    const parts = [Buffer.alloc(200_000)];
    void reply.send(new Readable({
      read() {
        const part = parts.pop();
        if (part !== undefined) this.push(part);
        else this.destroy(new Error('the object is gone'));
      },
    }));
  }

  @Get('bad')
  bad(): never {
    throw new BadRequest('The value of limit is 0; allowed: 1 to 200.');
  }

  @Get('away')
  away(): never {
    throw new ServiceUnavailable('The index is away.', 7);
  }

  @Get('bug')
  bug(): never {
    throw new TypeError('Doe^John is not a function');
  }

  @Get('taken-over')
  takenOver(@Res() reply: FastifyReply): never {
    reply.hijack();
    throw new BadRequest('Taken over.');
  }

  @Get('health/live')
  live(): string {
    return 'alive';
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe.each(['in onRequest', 'in a handler'])('given a gateway that hands over %s', (where) => {
  let service: ServiceApp;
  let gateway: FastifyInstance;
  let base: string;
  let port: number;
  const lines: string[] = [];
  const logged = (path: string) => lines.map((line) => JSON.parse(line)).filter((line) => line.path === path || line.requestId === path);

  beforeAll(async () => {
    const log = createLogger({ level: 'info', service: 'probe', destination: { write: (line) => void lines.push(line) } });
    service = await createServiceApp(ProbeModule, { service: 'probe', serviceSecret: secret, log, jsonLimitBytes: 100 });
    gateway = createFastify({ frameworkErrors: answerRouterError });
    const handOver = (request: FastifyRequest, reply: FastifyReply) => {
      stripContext(request.raw.headers);
      if (request.raw.headers['x-no-secret'] === undefined) writeContext(request.raw.headers, context, secret);
      reply.hijack();
      service.handle(request.raw, reply.raw);
    };
    if (where === 'in onRequest') gateway.addHook('onRequest', (request, reply) => handOver(request, reply));
    gateway.removeAllContentTypeParsers();
    gateway.addContentTypeParser('*', (_request, body, done) => done(null, body));
    gateway.all('/*', (request, reply) => handOver(request, reply));
    base = await gateway.listen({ port: 0, host: '127.0.0.1' });
    ({ port } = gateway.server.address() as AddressInfo);
  });

  afterAll(async () => {
    gateway.server.closeAllConnections();
    await gateway.close();
    await service.app.close();
  });

  it('when a request comes, then the controller has the context and the decoded parameter', async () => {
    const answer = await fetch(`${base}/who/1.2%2C3?PatientName=Doe`);
    expect(await answer.json()).toEqual({ study: '1.2,3', ...context });
  });

  it('when the client forges a context, then it is not taken', async () => {
    const answer = await fetch(`${base}/who/1`, { headers: { 'x-no-secret': '1', 'x-isocenter-secret': secret, 'x-isocenter-context': '{}' } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(await answer.text()).toContain('only its gateway');
  });

  it('when a health page is asked without the secret, then it is answered', async () => {
    expect(await (await fetch(`${base}/health/live`, { headers: { 'x-no-secret': '1' } })).text()).toBe('alive');
  });

  it.each([
    ['/bad', 400, 'The value of limit is 0; allowed: 1 to 200.'],
    ['/away', 503, 'The index is away.'],
    ['/bug', 500, 'The server met an unknown error. Its log names it request-1.'],
    ['/taken-over', 400, 'Taken over.'],
    ['/nowhere', 404, 'There is no resource at this path.'],
    ['/who/%zz', 400, 'The request could not be read: its path is malformed, or its body.'],
  ])('when %s fails, then it is answered %i in one sentence of plain text', async (path, status, text) => {
    const answer = await fetch(base + path);
    expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([status, 'text/plain; charset=utf-8', text]);
  });

  it('when a retriable error is answered, then it has Retry-After', async () => {
    expect((await fetch(`${base}/away`)).headers.get('retry-after')).toBe('7');
  });

  it.each([
    ['{"a":1}', 201], ['{', 400], ['"'.padEnd(101, 'x'), 413], ['{"__proto__":{}}', 400],
  ])('when JSON %s is posted, then it is answered %i', async (body, status) => {
    expect((await fetch(`${base}/json`, { method: 'POST', body, headers: { 'content-type': 'application/dicom+json' } })).status).toBe(status);
  });

  it.each([
    ['{"a":Doe}', 'The body is not valid JSON.'], ['{', 'The body is not valid JSON.'], ['', 'The body is empty; it is to be JSON.'],
  ])('when %s is posted as JSON, then the answer says so and repeats nothing', async (body, text) => {
    expect(await (await fetch(`${base}/json`, { method: 'POST', body, headers: { 'content-type': 'application/json' } })).text()).toBe(text);
  });

  it.each(['multipart/related; boundary=x', 'application/dicom', undefined])('when a chunked body of type %s comes, then every byte arrives', async (type) => {
    uploadBegan = Promise.withResolvers();
    const body = randomBytes(3_000_000);
    const answer = await fetch(`${base}/digest`, {
      method: 'POST', body: Readable.toWeb(Readable.from([body.subarray(0, 1_000_000), body.subarray(1_000_000)])) as ReadableStream, duplex: 'half',
      headers: type === undefined ? {} : { 'content-type': type },
    } as RequestInit);
    expect(await answer.text()).toBe(createHash('sha256').update(body).digest('hex'));
  });

  it('when the client breaks off an upload, then the reader of the body gets an error', async () => {
    uploadBegan = Promise.withResolvers();
    const client = httpRequest(`${base}/digest`, { method: 'POST', headers: { 'content-length': '1000000' } });
    client.on('error', () => undefined);
    client.write(Buffer.alloc(1000));
    await uploadBegan.promise;
    client.destroy();
    expect(await uploadEnd).toMatchObject({ code: 'ECONNRESET' });
    await until(() => lines.some((line) => line.includes('"client left"')));
    expect(lines.filter((line) => line.includes('"level":"error"') && line.includes('ECONNRESET'))).toEqual([]);
  });

  it('when a large answer is streamed, then every byte arrives', async () => {
    expect((await (await fetch(`${base}/large`)).arrayBuffer()).byteLength).toBe(size);
  });

  it('when the client leaves during a large answer, then the source is closed early and the log says 499', async () => {
    const answer = await firstChunk(httpRequest(`${base}/large`).end());
    expect(sent).toBeLessThan(size);
    answer.destroy();
    await downloadClosed;
    expect(sent).toBeLessThan(size);
    await until(() => logged('/large').some((line) => line.status === 499));
  });

  it('when the source of an answer fails half-way, then the connection is cut instead of ended', async () => {
    await expect(fetch(`${base}/broken`).then((answer) => answer.arrayBuffer())).rejects.toThrow();
  });

  it('when two requests use one connection, then the second finds it usable', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (path: string) => new Promise<number | undefined>((resolve, reject) => {
      httpRequest(base + path, { agent }, (answer) => {
        const { localPort } = answer.socket;
        answer.resume().on('end', () => resolve(localPort));
      }).on('error', reject).end();
    });
    const first = await ask('/who/1');
    expect(await ask('/bad')).toBe(first);
    expect(await ask('/large')).toBe(first);
    agent.destroy();
  });

  it('when a body is refused before it was sent, then the answer comes at once', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000000\r\n\r\nabc');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 404 [^]*There is no resource/i);
    socket.destroy();
  });

  it.each(['/nowhere', '/half'])('when %s is refused while the client sends, then the client can send all, read the answer, and use the connection again', async (path) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const post = (target: string, bytes: number) => new Promise<[number | undefined, number | undefined]>((resolve, reject) => {
      const client = httpRequest(base + target, { agent, method: 'POST', headers: { 'content-length': bytes } }, (answer) => {
        const { localPort } = answer.socket;
        answer.resume().on('end', () => resolve([answer.statusCode, localPort]));
      });
      client.on('error', reject).end(Buffer.alloc(bytes));
    });
    const [status, localPort] = await post(path, 20_000_000);
    expect(status).toBe(path === '/half' ? 400 : 404);
    uploadBegan = Promise.withResolvers();
    expect(await post('/digest', 10)).toEqual([201, localPort]);
    agent.destroy();
  });

  it('when a refused body has no end, then the connection is cut', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write('POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000000\r\n\r\n');
    const block = Buffer.alloc(1 << 20);
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const send = () => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', send);
    send();
    await closed;
    expect(socket.bytesWritten).toBeLessThan(200 * (1 << 20));
  });

  it('then the log has method, route, path, status and id of each request, and no query string', async () => {
    await fetch(`${base}/who/1.2.3`);
    await until(() => logged('/who/1.2.3').length > 0);
    expect(logged('/who/1.2.3')[0]).toMatchObject({ requestId: 'request-1', method: 'GET', route: '/who/:study', status: 200, msg: 'request' });
    expect(lines.join('')).not.toContain('PatientName');
    expect(lines.map((line) => JSON.parse(line)).find((line) => line.msg === 'unknown error')).toMatchObject({ requestId: 'request-1', level: 'error', err: { name: 'TypeError' } });
  });

  it('when something else stands where a UID belongs, then the log has the name of the parameter in its place', async () => {
    await fetch(`${base}/who/Somebody%5EJane`);
    await until(() => logged('/who/:study').length > 0);
    expect(lines.join('')).not.toContain('Somebody');
  });
});

function firstChunk(client: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    client.on('error', reject).on('response', (answer) => answer.once('data', () => resolve(answer.pause())));
  });
}

/** Lets the event loop turn until the condition holds; jest's own limit ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
