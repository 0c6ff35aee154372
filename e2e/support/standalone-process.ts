import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call } from './http-call.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';

const workspace = findWorkspace(import.meta.dirname);
export const workspaceRoot = workspace;
const main = join(workspace, 'apps/standalone/dist/main.js');

export interface StandaloneOptions {
  /** Kept when given; otherwise a folder of its own that goes with `end`. */
  readonly dataDir?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the folder is made when no `dataDir` is given. */
  readonly below?: string;
  readonly nodeOptions?: readonly string[];
}

export interface Standalone {
  readonly process: ServerProcess;
  readonly baseUrl: string;
  readonly dataDir: string;
  /** Stops it and removes the folder that was made for it. */
  readonly end: () => Promise<void>;
}

/** The built application on a free port of the loopback interface. */
export const startStandalone = async (options: StandaloneOptions = {}): Promise<Standalone> => {
  if (!existsSync(main)) throw new Error(`${main} is not there; build it first: npm run build`);
  const dataDir = options.dataDir ?? (await mkdtemp(join(options.below ?? tmpdir(), 'isocenter-e2e-')));
  const [port, metricsPort] = [await freePort(), await freePort()];
  const baseUrl = `http://127.0.0.1:${port}`;
  const server = await ServerProcess.start({
    name: 'standalone',
    command: process.execPath,
    args: [...startOptions(), ...(options.nodeOptions ?? []), main],
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: String(metricsPort), DATA_DIR: dataDir, ...options.env },
    isReady: () => call(`${baseUrl}/health/ready`).then(({ status }) => status === 200, () => false),
  });
  const end = async (): Promise<void> => {
    await server.stop();
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  return { process: server, baseUrl, dataDir, end };
};

/** The options of node with which `npm start` runs the application, so that it is tested as it is started. */
function startOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split('&&').at(-1)!.trim().split(/\s+/).filter((word) => word.startsWith('--'));
}

/** The same from the sources and from `dist`. */
function findWorkspace(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'nx.json'))) {
    const parent = join(folder, '..');
    if (parent === folder) throw new Error(`There is no workspace above ${from}.`);
    folder = parent;
  }
  return folder;
}
