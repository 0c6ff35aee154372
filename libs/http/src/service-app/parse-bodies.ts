import { type FastifyInstance } from 'fastify';

/**
 * JSON is read whole, up to the limit. Every other body is handed on as the stream that it is: `request.body` is the
 * raw request, nothing has been read, and whoever reads it counts the bytes.
 */
export function parseBodies(fastify: FastifyInstance, jsonLimitBytes: number): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(['application/json', 'application/dicom+json'], { parseAs: 'string', bodyLimit: jsonLimitBytes }, parseJson);
  fastify.addContentTypeParser('*', (_request, body, done) => done(null, body));
}
