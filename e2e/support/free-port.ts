import { createServer } from 'node:net';

/** Those that were asked for together may not be taken yet. */
const given = new Set<number>();

/** A port of the loopback interface that nobody listened on a moment ago, and that this process has not been given before. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = await anyPort();
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
};

const anyPort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new TypeError('A listening TCP server has an address.');
      server.close(() => resolve(address.port));
    });
  });
