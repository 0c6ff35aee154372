import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findPort } from './start-servers/find-port.js';
import { Server } from './start-servers/server.js';
import { distributedApps, startOptions, workspace } from './workspace.js';

export interface ServicesOptions {
  /** Where the servers are: `environmentOf(servers)`, or what names others. */
  readonly environment: Readonly<Record<string, string>>;
  /** Working folder of the processes, with their logs. */
  readonly folder: string;
  /** Of each service and of the gateway; two unless told. */
  readonly replicas?: number;
  /** Of the apps that shall have another number. */
  readonly replicasOf?: Readonly<Record<string, number>>;
  /** Settings of all of them, over those of the servers. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One process of the distributed profile. */
export interface Replica {
  readonly app: string;
  readonly process: Server;
  /** `host:port` of its Prometheus page. */
  readonly metrics: string;
}

export interface Services {
  readonly replicas: readonly Replica[];
  /** Addresses of the gateways, `http://host:port`. */
  readonly gateways: readonly string[];
  /** Ends the gateways, then what stands behind them. */
  readonly stop: () => Promise<void>;
}

interface Place {
  readonly app: string;
  readonly name: string;
  readonly port: number;
  readonly metricsPort: number;
}

const addressOf = (port: number): string => `http://127.0.0.1:${port}`;

/** Starts the built services, each replica a process of its own, and resolves when all are ready. */
export async function startServices({ environment, folder, replicas = 2, replicasOf = {}, env = {} }: ServicesOptions): Promise<Services> {
  await mkdir(folder, { recursive: true });
  const places: Place[] = [];
  for (const app of distributedApps()) {
    for (let number = 1; number <= (replicasOf[app] ?? replicas); number++) places.push({ app, name: `${app}-${number}`, port: await findPort(), metricsPort: await findPort() });
  }
  const shared = { ...environment, ...urlsOf(places), SERVICE_SECRET: randomBytes(32).toString('base64url'), HOST: '127.0.0.1', ...env };
  const start = async ({ app, name, port, metricsPort }: Place): Promise<Replica> => ({
    app,
    metrics: `127.0.0.1:${metricsPort}`,
    process: await Server.start({
      name, address: addressOf(port), port, command: process.execPath, args: [...startOptions(), join(workspace, 'apps', app, 'dist/main.js')], cwd: folder,
      env: { ...shared, PORT: String(port), METRICS_PORT: String(metricsPort) }, logFile: join(folder, `${name}.log`),
      isReady: async () => (await fetch(`${addressOf(port)}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok,
    }),
  });
  const results = await Promise.allSettled(places.map(start));
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => {
    const end = (some: Replica[]): Promise<unknown> => Promise.all(some.map((replica) => replica.process.stop()));
    await end(started.filter(({ app }) => app === 'gateway'));
    await end(started.filter(({ app }) => app !== 'gateway'));
  };
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).message] : []));
  if (faults.length > 0) {
    await stop();
    throw new Error(faults.join('\n'));
  }
  return { replicas: started, gateways: started.filter(({ app }) => app === 'gateway').map(({ process }) => process.address), stop };
}

/** Where the gateway finds each service: `INDEX_URL` and its like, the replicas separated by commas. */
function urlsOf(places: readonly Place[]): Record<string, string> {
  const byApp = Object.groupBy(places.filter(({ app }) => app !== 'gateway'), ({ app }) => app);
  return Object.fromEntries(Object.entries(byApp).map(([app, of = []]) => [`${app.toUpperCase().replaceAll('-', '_')}_URL`, of.map(({ port }) => addressOf(port)).join(',')]));
}
