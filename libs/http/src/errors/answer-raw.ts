import { type IncomingMessage, type ServerResponse } from 'node:http';
import { describeAnswer } from './answer-error.js';
import { discardBody } from './discard-body.js';
import { type IsocenterError } from './isocenter-error.js';

/**
 * Answers an error on a raw response, outside of any framework. When the head of another answer is already on the wire the
 * connection is cut, because a clean end would make a short answer look whole.
 */
export function answerRaw(request: IncomingMessage, response: ServerResponse, error: IsocenterError): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { status, headers, text } = describeAnswer(error);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(request.method === 'HEAD' ? undefined : text);
  discardBody(request);
}
