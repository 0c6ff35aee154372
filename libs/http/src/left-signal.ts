import type { FastifyReply } from 'fastify';

/** Aborted when the client leaves before he has the whole answer, so that nobody works on for him. */
export function leftSignal({ raw }: FastifyReply): AbortSignal {
  if (raw.destroyed) return AbortSignal.abort();
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort();
  });
  return left.signal;
}
