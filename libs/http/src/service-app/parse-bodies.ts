import { type FastifyInstance } from 'fastify';
import { parseContentType } from '../content-type.js';
import { discardBody } from '../errors/discard-body.js';
import { BadRequest, UnsupportedMediaType } from '../errors/http-errors.js';

const hasBody: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * JSON is read whole, up to the limit; where that is 0 it is a stream too. Every other body is handed on as the stream
 * that it is: `request.body` is the raw request, nothing has been read, and whoever reads it counts the bytes.
 */
export function parseBodies(fastify: FastifyInstance, jsonLimitBytes: number): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  if (jsonLimitBytes > 0) fastify.addContentTypeParser<string>(['application/json', 'application/dicom+json'], { parseAs: 'string', bodyLimit: jsonLimitBytes }, (request, body, done) =>
    parseJson(request, body, (error, parsed) => (error ? done(notJson(body, error)) : done(null, parsed))));
  fastify.addContentTypeParser('*', (_request, body, done) => done(null, body));
  // Nothing that a DELETE carries is looked at (Azure conformance page, "Delete"), so nothing of it can be wrong.
  // An answer may come before the body is read: what is left of it would keep the connection from its next request.
  fastify.addHook('onResponse', (request, _reply, done) => {
    discardBody(request.raw);
    done();
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { headers: { 'content-type': contentType }, method } = request;
    if (method === 'DELETE') delete request.headers['content-type'];
    else if (contentType !== undefined && hasBody.has(method) && !parseContentType(contentType)) {
      done(new UnsupportedMediaType(`The Content-Type is '${contentType.slice(0, 80)}', which is no media type; allowed are those that the API document (api.yaml) has for this resource.`));
      return;
    }
    done();
  });
}

function notJson(body: string, cause: Error): BadRequest {
  return new BadRequest(body === '' ? 'The body is empty; it is to be JSON.' : 'The body is not valid JSON.', { cause });
}
