import { type IncomingMessage } from 'node:http';

/** What is read of a refused body so that its sender comes to read the answer, in bytes and in time. */
const lingerBytes = 64 * 1024 ** 2;
const lingerMs = 30_000;

/**
 * Reads and drops what is left of the body of a request that was answered early. Closing at once would reset the
 * connection under a client that is still sending, and most clients then never see the answer; reading without a limit
 * would receive gigabytes for nothing. Past the limit the connection is cut.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.destroyed) return;
  if (request.complete) {
    // All of it is received, and what nobody took keeps the connection from being read: its next request would wait for ever.
    request.resume();
    return;
  }
  let left = lingerBytes;
  const cut = () => void request.socket.destroy();
  const timer = setTimeout(cut, lingerMs).unref();
  request
    .on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) cut();
    })
    .on('close', () => clearTimeout(timer))
    .on('error', () => clearTimeout(timer))
    .resume();
}
