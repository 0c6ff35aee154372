import type { FastifyRequest } from 'fastify';

/** Accept header and `accept` query parameter (PS3.18 §8.3.3.1), as `parseAccept` takes them. */
export function acceptOf(request: FastifyRequest): [header: string | undefined, query: string | undefined] {
  const { accept } = request.query as Record<string, string | string[] | undefined>;
  return [request.headers.accept, Array.isArray(accept) ? accept.join(',') : accept];
}
