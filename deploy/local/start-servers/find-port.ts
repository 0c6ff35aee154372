import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below the range that Linux gives to outgoing connections (32768 and up): a client that tries again and again while
 * its server is down could else be given the server's own port.
 */
const first = 20_000;
const afterLast = 32_000;
const given = new Set<number>();

/** A port of the loopback address that nobody listens on and that this process has not yet given out. */
export async function findPort(): Promise<number> {
  for (;;) {
    const port = randomInt(first, afterLast);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

/** Whether nobody listens on the port of the loopback address. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}
