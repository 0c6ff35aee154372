import type { ServiceTls } from '@isocenter/service-process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { ForwardingGateway } from '../../test/forwarding-gateway.js';
import { digest, sha256, Upstream, type Handler } from '../../test/upstream.js';

describe('a service that does not answer', () => {
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

  /** Answers the first request of each connection, and closes it at the next one, as a server does whose time is over. */
  const oncePerConnection: Handler = (request, response) => {
    const { socket } = request as IncomingMessage & { socket: Socket & { used?: boolean } };
    if (socket.used) return void socket.destroy();
    socket.used = true;
    digest(request, response);
  };

  it.each(['GET', 'POST'])('given a kept connection that is dead, when a %s comes, then it goes out on another one, once', async (method) => {
    upstream.handler = oncePerConnection;
    const body = randomBytes(200_000);
    for (let i = 0; i < 3; i += 1) {
      const answer = await (method === 'GET' ? gateway.get() : gateway.post(body));
      expect([answer.status, await answer.text()]).toEqual([200, sha256(method === 'GET' ? Buffer.alloc(0) : body)]);
    }
    expect([upstream.requests.length, upstream.sockets.size]).toEqual([5, 3]);
  });

  it('given a DELETE, then it never goes out on a kept connection', async () => {
    upstream.handler = oncePerConnection;
    await (await gateway.get()).text();
    expect((await gateway.delete()).status).toBe(200);
    expect([upstream.requests.length, upstream.sockets.size]).toEqual([2, 2]);
  });

  it('given a new connection that ends without an answer, then a read is 503 and a write is 502, and neither is repeated', async () => {
    upstream.handler = (request, response) => {
      response.writeContinue();
      request.on('end', () => request.socket.destroy()).resume();
    };
    const written = await gateway.post(Buffer.alloc(1000));
    expect([written.status, await written.text()]).toEqual([502, expect.stringContaining('not known')]);
    expect((await gateway.delete()).status).toBe(502);
    const read = await gateway.get();
    expect([read.status, read.headers.get('retry-after')]).toEqual([503, '1']);
    expect(upstream.requests.length).toBe(3);
  });

  it('given a host that takes connections and is silent, then 503 after a while', async () => {
    const silentSockets: Socket[] = [];
    const silent = createTcpServer((socket) => silentSockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    await gateway.stop();
    // It never answers the handshake of TLS.
    gateway = await ForwardingGateway.start([`https://127.0.0.1:${(silent.address() as AddressInfo).port}`]);
    expect((await gateway.get()).status).toBe(503);
    for (const socket of silentSockets) socket.destroy();
    silent.close();
  }, 20_000);
});

describe('Replicas', () => {
  let one: Upstream;
  let other: Upstream;
  let gateway: ForwardingGateway;

  beforeEach(async () => {
    [one, other] = [await Upstream.start(), await Upstream.start()];
    gateway = await ForwardingGateway.start([one.url, other.url]);
  });
  afterEach(async () => {
    await gateway.stop();
    await Promise.all([one.stop(), other.stop()]);
  });

  it('given two, then each gets its turn', async () => {
    for (let i = 0; i < 6; i += 1) await (await gateway.get()).text();
    expect([one.requests.length, other.requests.length]).toEqual([3, 3]);
  });

  it('given one that refuses connections, then the other one gets all, uploads too', async () => {
    await other.stop();
    one.handler = digest;
    const body = randomBytes(300_000);
    for (let i = 0; i < 4; i += 1) {
      expect((await gateway.get()).status).toBe(200);
      expect(await (await gateway.post(body)).text()).toBe(sha256(body));
    }
  });

  it('given one that comes back, then it gets its turn again', async () => {
    const { port } = other;
    await other.stop();
    await (await gateway.get()).text();
    await (await gateway.get()).text();
    other = await Upstream.start(port);
    const deadline = Date.now() + 60_000;
    while (other.requests.length === 0 && Date.now() < deadline) await (await gateway.get()).text();
    expect(other.requests.length).toBe(1);
  }, 20_000);

  it('given none, then 503 with Retry-After, whatever is asked', async () => {
    await Promise.all([one.stop(), other.stop()]);
    for (const answer of [await gateway.get(), await gateway.post(Buffer.alloc(100_000))]) {
      expect([answer.status, answer.headers.get('retry-after'), await answer.text()]).toEqual([503, '5', expect.stringContaining('ingest is not available')]);
    }
  });
});

describe('Replicas with TLS', () => {
  const files = join(import.meta.dirname, '../../../../libs/service-process/test/tls');
  const identity = (name: string): ServiceTls => ({ cert: readFileSync(join(files, `${name}.pem`)), key: readFileSync(join(files, `${name}.key`)), ca: readFileSync(join(files, 'ca.pem')) });
  let secure: TlsServer;
  let gateway: ForwardingGateway;

  const start = async (name: string): Promise<void> => {
    secure = createTlsServer({ ...identity(name), requestCert: true, rejectUnauthorized: true }, digest).on('checkContinue', digest).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    gateway = await ForwardingGateway.start([`https://127.0.0.1:${(secure.address() as AddressInfo).port}`], identity('gateway'));
  };
  afterEach(async () => {
    await gateway.stop();
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });

  it('given a service of the authority, then the gateway shows its certificate, and bodies pass', async () => {
    await start('service');
    const body = randomBytes(300_000);
    for (let i = 0; i < 2; i += 1) expect(await (await gateway.post(body)).text()).toBe(sha256(body));
  });

  it('given a service of another authority, then it is not spoken to', async () => {
    await start('stranger');
    expect((await gateway.get()).status).toBe(503);
  });
});
