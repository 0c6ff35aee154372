import { describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { sendDicomJson } from './send-dicom-json.js';

describe('sendDicomJson', () => {
  it('given text, then its media type has no parameter and its bytes are UTF-8', async () => {
    const app = fastify();
    app.get('/', async (_request, reply) => sendDicomJson(reply, '["é"]'));
    const answer = await app.inject('/');
    expect([answer.headers['content-type'], answer.body]).toEqual(['application/dicom+json', '["é"]']);
  });

  it('given nothing, then the status says all', async () => {
    const app = fastify();
    app.get('/', async (_request, reply) => sendDicomJson(reply.code(204), undefined));
    const answer = await app.inject('/');
    expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([204, undefined, '']);
  });
});
