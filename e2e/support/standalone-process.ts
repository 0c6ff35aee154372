import { startOptions } from '@isocenter/deploy';
import { mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Archive, ArchiveData, ArchiveOptions } from './archive.js';
import { call } from './http-call.js';
import { filesBelow } from './files-below.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';
import { openSqlite } from './sqlite-session.js';
import { readStandaloneTopic } from './topic-records.js';
import { workspaceRoot } from './workspace.js';

const main = join(workspaceRoot, 'apps/standalone/dist/main.js');

export interface StandaloneOptions extends ArchiveOptions {
  /** Kept when given; otherwise a folder of its own that goes with `end`. */
  readonly dataDir?: string;
  /** Where the folder is made when no `dataDir` is given. */
  readonly below?: string;
  readonly nodeOptions?: readonly string[];
}

export interface Standalone extends Archive {
  readonly process: ServerProcess;
  readonly dataDir: string;
}

export const newDataFolder = async (below = tmpdir()): Promise<ArchiveData> => {
  const name = await mkdtemp(join(below, 'isocenter-e2e-'));
  return { name, remove: () => rm(name, { recursive: true, force: true }) };
};

/** The built application on a free port of the loopback interface. */
export const startStandalone = async (options: StandaloneOptions = {}): Promise<Standalone> => {
  if (!existsSync(main)) throw new Error(`${main} is not there; build it first: npm run build`);
  const given = options.dataDir === undefined ? options.data : { name: options.dataDir, remove: async () => undefined };
  const data = given ?? (await newDataFolder(options.below));
  const dataDir = data.name;
  const [port, metricsPort] = [await freePort(), await freePort()];
  const baseUrl = `http://127.0.0.1:${port}`;
  const server = await ServerProcess.start({
    name: 'standalone',
    command: process.execPath,
    args: [...startOptions(), ...(options.nodeOptions ?? []), main],
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort), DATA_DIR: dataDir, ...options.env },
    isReady: () => call(`${baseUrl}/health/ready`).then(({ status }) => status === 200, () => false),
  });
  const objects = join(dataDir, 'objects');
  return {
    process: server, processes: [server], front: server, metricsUrls: [`http://127.0.0.1:${metricsPort}/metrics`], baseUrl, dataDir, data,
    get log() {
      return server.log;
    },
    get running() {
      return server.running;
    },
    listObjects: async () => (await filesBelow(objects)).filter((path) => !/^(\.incoming\/|journal\/[^/]*\.ndjson$)/.test(path)),
    listUnfinishedObjects: () => filesBelow(join(objects, '.incoming')),
    pauseWriter: () => lockFile(dataDir),
    takeObjectsAway: () => breakFolder(objects),
    readTopic: (name) => readStandaloneTopic(dataDir, name),
    stop: () => server.stop(),
    end: async () => {
      await server.stop();
      if (!given) await data.remove();
    },
  };
};

/** While another process holds the lock of the file, nothing is written. */
const lockFile = async (dataDir: string): Promise<() => Promise<void>> => {
  const other = await openSqlite(dataDir);
  await other.run('BEGIN IMMEDIATE');
  return async () => {
    await other.run('ROLLBACK');
    await other.close();
  };
};

/** Every call on the folder fails, as it does on a disk that is broken. */
const breakFolder = async (folder: string): Promise<() => Promise<void>> => {
  await rename(folder, `${folder}.away`);
  await symlink(basename(folder), folder);
  return async () => {
    await rm(folder);
    await rename(`${folder}.away`, folder);
  };
};
