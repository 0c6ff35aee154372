import type { FastifyRequest } from 'fastify';

/** Accept header and `accept` query parameter (PS3.18 §8.3.3.1), whose name matches in any letter case, as `parseAccept` takes them. */
export function acceptOf(request: FastifyRequest): [header: string | undefined, query: string | undefined] {
  const given = Object.entries(request.query as Record<string, string | string[]>).flatMap(([name, value]) => (name.toLowerCase() === 'accept' ? value : []));
  return [request.headers.accept, given.length > 0 ? given.join(',') : undefined];
}
