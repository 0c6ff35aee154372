import type { FastifyReply } from 'fastify';

/** Answers that an operation has begun: 202 with its address. */
export async function sendStarted(reply: FastifyReply, started: { readonly id: string; readonly href: string }): Promise<void> {
  await reply.status(202).header('location', started.href).header('content-type', 'application/json').send(JSON.stringify(started));
}
