import { type FastifyReply } from 'fastify';
import { discardBody } from './discard-body.js';
import { type IsocenterError } from './isocenter-error.js';
import { wrapError } from './wrap-error.js';

/** Status, headers and text of an error's answer: one sentence of plain text. */
export function describeAnswer(error: IsocenterError): { status: number; headers: Record<string, string>; text: string } {
  return {
    status: error.status,
    headers: {
      ...error.headers,
      ...(error.retryAfterSeconds !== undefined && { 'retry-after': String(error.retryAfterSeconds) }),
      'cache-control': 'no-store',
      'content-type': 'text/plain; charset=utf-8',
    },
    text: error.text,
  };
}

/** Headers that describe the answer that will not come. */
const ofTheAnswer = ['content-length', 'content-encoding', 'content-range', 'etag', 'last-modified', 'accept-ranges'];

/**
 * Answers an error and returns it as it was answered, for the log. When the head of another answer is already on the
 * wire the connection is cut, because a clean end would make a short answer look whole.
 */
export function answerError(reply: FastifyReply, error: unknown, requestId: string): IsocenterError {
  const known = wrapError(error, requestId);
  const { raw } = reply;
  if (raw.headersSent || raw.destroyed) {
    raw.destroy();
    return known;
  }
  const { status, headers, text } = describeAnswer(known);
  if (reply.sent) {
    // A handler that took the raw response over (`hijack`) and failed before it wrote.
    for (const name of ofTheAnswer) raw.removeHeader(name);
    raw.writeHead(status, headers).end(text);
  } else {
    for (const name of ofTheAnswer) void reply.removeHeader(name);
    // Fastify closes under a JSON body that is too large, before its sender reads why; the body is discarded below.
    if (reply.getHeader('connection') === 'close') void reply.removeHeader('connection');
    void reply.code(status).headers(headers).send(text);
  }
  discardBody(reply.request.raw);
  return known;
}
