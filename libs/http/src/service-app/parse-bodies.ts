import { discardBody } from '../errors/discard-body.js';
import { type FastifyInstance } from 'fastify';

/**
 * JSON is read whole, up to the limit; where that is 0 it is a stream too. Every other body is handed on as the stream
 * that it is: `request.body` is the raw request, nothing has been read, and whoever reads it counts the bytes.
 */
export function parseBodies(fastify: FastifyInstance, jsonLimitBytes: number): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  if (jsonLimitBytes > 0) fastify.addContentTypeParser(['application/json', 'application/dicom+json'], { parseAs: 'string', bodyLimit: jsonLimitBytes }, parseJson);
  fastify.addContentTypeParser('*', (_request, body, done) => done(null, body));
  // Nothing that a DELETE carries is looked at (Azure conformance page, "Delete"), so nothing of it can be wrong.
  // An answer may come before the body is read: what is left of it would keep the connection from its next request.
  fastify.addHook('onResponse', (request, _reply, done) => {
    discardBody(request.raw);
    done();
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.method === 'DELETE') delete request.headers['content-type'];
    done();
  });
}
