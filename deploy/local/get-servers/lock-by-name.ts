import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const askAgainAfterMs = 250;

/**
 * Runs `work` while no other process of this machine runs one under the same name. The lock is a Linux abstract
 * socket: it leaves no file, and the kernel frees it when its owner dies.
 */
export async function whileLocked<T>(name: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  let waited = false;
  let lock: Server | undefined;
  while ((lock = await take(`\0${name}`)) === undefined) {
    if (!waited) onWait();
    waited = true;
    await pause(askAgainAfterMs);
  }
  try {
    return await work();
  } finally {
    lock.close();
    await once(lock, 'close');
  }
}

async function take(path: string): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(path);
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
