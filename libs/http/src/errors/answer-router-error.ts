import { type FastifyReply, type FastifyRequest } from 'fastify';
import { answerError } from './answer-error.js';

/** What Fastify's router refuses before any hook: a malformed or over-long path (option `frameworkErrors`). */
export function answerRouterError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  answerError(reply, error, request.id);
}
