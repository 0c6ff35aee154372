import { type IncomingMessage, type ServerResponse } from 'node:http';

/**
 * For the `checkContinue` event: a client that waits for `100 Continue` (RFC 9110 §10.1.1) gets it when somebody begins to
 * read the body, so what is refused before that is refused without it, and the client never sends the body.
 */
export function continueWhenRead(request: IncomingMessage, response: ServerResponse): void {
  const read = request._read;
  request._read = (size) => {
    request._read = read;
    if (!response.headersSent) response.writeContinue();
    read.call(request, size);
  };
}
