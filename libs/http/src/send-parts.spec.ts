import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { sendParts } from './send-parts.js';

/** The server's own limit for a connection on which nothing moves. */
const USUAL_MS = 40_000;

describe('sendParts', () => {
  const app = fastify({ forceCloseConnections: true, connectionTimeout: USUAL_MS });
  let ended = Promise.withResolvers<number>();
  /** Endless. */
  async function* parts(): AsyncGenerator<Buffer> {
    let count = 0;
    try {
      for (;;) {
        yield Buffer.alloc(1024 * 1024);
        count += 1;
      }
    } finally {
      ended.resolve(count);
    }
  }
  app.get('/:patience', (request, reply) => sendParts(reply, 'application/octet-stream', parts(), undefined, Number((request.params as { patience: string }).patience) || undefined));

  let limits: (number | undefined)[] = [];
  app.get('/tail', (request, reply) => {
    async function* largeAndSmall(): AsyncGenerator<Buffer> {
      const { socket } = request.raw;
      limits = [socket.timeout];
      yield Buffer.alloc(1024 * 1024);
      limits.push(socket.timeout);
      yield Buffer.alloc(1024);
    }
    return sendParts(reply, 'application/octet-stream', largeAndSmall(), undefined, 50_000);
  });

  let endConnection: ((connection: Socket) => void) | undefined;
  app.get('/ended', (request, reply) => {
    const { socket } = request.raw;
    async function* endsWithConnection(): AsyncGenerator<Buffer> {
      for await (const chunk of parts()) {
        yield chunk;
        endConnection?.(socket);
        // The connection is closed in a later turn: this one's chunk comes before.
        endConnection = undefined;
      }
    }
    return sendParts(reply, 'application/octet-stream', endsWithConnection());
  });

  const get = async (path: string): Promise<IncomingMessage> => {
    if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' });
    const outgoing = request({ port: (app.server.address() as AddressInfo).port, path, agent: false });
    outgoing.end();
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    return response;
  };
  afterEach(() => {
    ended = Promise.withResolvers();
  });
  afterAll(() => app.close());

  it('given a client that takes nothing for longer than there is patience, then it is cut off, and what is made for it ends', async () => {
    const response = await get('/50');
    expect(await ended.promise).toBeLessThan(1000);
    await new Promise((resolve) => response.once('close', resolve).resume());
    expect(response.complete).toBe(false);
  }, 60_000);

  it.each<[string, (connection: Socket) => void]>([
    ['is lost', (connection) => connection.destroy()],
    ['is ended by the client', (connection) => connection.end()],
  ])('given a connection that %s while a chunk is made, then what is made for it ends', async (_what, end) => {
    endConnection = end;
    const response = await get('/ended');
    await new Promise((resolve) => response.once('close', resolve).resume());
    expect(await ended.promise).toBeLessThan(1000);
  }, 60_000);

  it('given a client that takes what it is sent, then patience does not end', async () => {
    const response = await get('/50000');
    let bytes = 0;
    for await (const chunk of response) {
      bytes += (chunk as Buffer).length;
      if (bytes > 20 * 1024 * 1024) break;
    }
    expect(bytes).toBeGreaterThan(20 * 1024 * 1024);
    await ended.promise;
  }, 60_000);

  it('given that a chunk is taken, then behind it the limit of the server holds again', async () => {
    let bytes = 0;
    for await (const chunk of await get('/tail')) bytes += (chunk as Buffer).length;
    expect([bytes, limits]).toEqual([1024 * 1025, [USUAL_MS, USUAL_MS]]);
  }, 60_000);
});
