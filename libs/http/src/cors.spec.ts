import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fastify as createFastify } from 'fastify';
import { allowCrossOrigin, answerOptions } from './cors.js';
import { answerError } from './errors/answer-error.js';
import { NotFound } from './errors/http-errors.js';

describe('CORS', () => {
  const fastify = createFastify();
  const server = createServer((request, response) => {
    if (request.method === 'OPTIONS') answerOptions(response, ['GET', 'HEAD']);
    else {
      allowCrossOrigin(response);
      fastify.routing(request, response);
    }
  });
  let base: string;

  beforeAll(async () => {
    fastify.get('/missing', (request, reply) => void answerError(reply, new NotFound('There is no study 1.2.'), request.id));
    await fastify.ready();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await fastify.close();
  });

  it('given a preflight, then it is answered 204 with the methods of the path and the headers that viewers send', async () => {
    const answer = await fetch(base, { method: 'OPTIONS' });
    expect(answer.status).toBe(204);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      allow: 'GET, HEAD, OPTIONS', 'access-control-allow-origin': '*', 'access-control-allow-methods': 'GET, HEAD, OPTIONS',
      'access-control-allow-headers': expect.stringMatching(/^(?=.*Accept)(?=.*Authorization)(?=.*Content-Type)(?=.*Range)(?=.*If-None-Match)/),
    });
  });

  it('given an error of the service behind, then a page may read it', async () => {
    const answer = await fetch(`${base}/missing`);
    expect(answer.status).toBe(404);
    expect(Object.fromEntries(answer.headers)).toMatchObject({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'access-control-expose-headers': expect.stringContaining('ETag') });
  });
});
