import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers, type Servers } from './start-servers.js';

const asksToEnd = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Starts the servers, does the work, and ends them, however the work ends. The signal given to it aborts when this
 * process is asked to end (Ctrl-C); asked a second time it ends at once, and the servers with it. Without a data folder
 * the data stands in a temporary one and ends with the servers.
 */
export async function withServers<T>(dataDir: string | undefined, work: (servers: Servers, asked: AbortSignal) => Promise<T>): Promise<T> {
  const asked = new AbortController();
  for (const signal of asksToEnd) process.once(signal, () => asked.abort());
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'isocenter-stack-')));
  try {
    const servers = await startServers({ dataDir: folder });
    try {
      return await work(servers, asked.signal);
    } finally {
      await servers.stop();
    }
  } finally {
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
  }
}
