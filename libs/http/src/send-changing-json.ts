import type { FastifyReply } from 'fastify';

/** Sends what nobody is to keep: it changes all the time, or holds a secret. */
export async function sendChangingJson(reply: FastifyReply, shown: object): Promise<void> {
  await reply.header('content-type', 'application/json').header('cache-control', 'no-store').send(JSON.stringify(shown));
}
