import { matchesETag, strongETag } from './etag.js';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Names the version of what is answered: strong, private to who asked, and asked for again before it is shown, since it
 * may be deleted at any time. True when the client has this version: then 304 is answered already.
 */
export async function answerNotModified(request: FastifyRequest, reply: FastifyReply, version: string): Promise<boolean> {
  const etag = strongETag(version);
  reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'Accept, Accept-Encoding, Authorization, msdicom-request-original');
  if (!matchesETag(request.headers['if-none-match'], etag)) return false;
  await reply.code(304).send();
  return true;
}
