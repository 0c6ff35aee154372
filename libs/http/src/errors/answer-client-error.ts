import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { describeAnswer } from './answer-error.js';
import { BadRequest, HeaderFieldsTooLarge, RequestTimeout } from './http-errors.js';
import { type IsocenterError } from './isocenter-error.js';

/** What Node's HTTP parser refuses before there is a request (`clientError` of the raw server), in the same form as all errors. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, headers, text } = describeAnswer(fromParser(error.code));
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${text}`, () => socket.destroy());
}

function fromParser(code: string | undefined): IsocenterError {
  if (code === 'HPE_HEADER_OVERFLOW') return new HeaderFieldsTooLarge('The request line and header fields are larger than this server reads.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new RequestTimeout('The request did not arrive in time.');
  return new BadRequest('The bytes received are no HTTP/1.1 request.');
}
