import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { UnsupportedMediaType } from './errors/http-errors.js';

/** The body that the service has parsed as JSON; other types reach it as a stream. Throws UnsupportedMediaType. */
export function jsonBodyOf({ body }: Pick<FastifyRequest, 'body'>): unknown {
  if (body instanceof Readable || body === undefined) throw new UnsupportedMediaType('The body is not JSON; allowed is Content-Type: application/json.');
  return body;
}
