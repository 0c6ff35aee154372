import { once } from 'node:events';
import type { Server } from 'node:http';

/** Requests in flight when the process is told to stop may take so long. */
export const STOP_MS = 30_000;

/** No new connections; those that are busy end with their request, or are cut when that takes too long. */
export async function stopServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), STOP_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
