import { environmentOf, startServers, startServices, type Replica, type Servers, type Services } from '@isocenter/deploy';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaWire, mongodbWire } from '../support/message-wires.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { mountSmallDisk, type SmallDisk } from './small-disk.js';

export interface FaultStackOptions {
  readonly folder: string;
  readonly replicas: number;
  /** Settings of all services. */
  readonly env: Readonly<Record<string, string>>;
}

/** Real servers, with somebody on the line who may lose answers, and the services as processes. */
export interface FaultStack {
  readonly servers: Required<Servers>;
  readonly services: Services;
  readonly lines: Readonly<Record<'kafka' | 'mongodb', TcpProxy>>;
  /** Under the objects of MinIO; a text that says why there is none. */
  readonly disk: SmallDisk | string;
  /** `host:port` of Kafka as its clients know it. */
  readonly brokers: string;
  readonly replicasOf: (app: string) => readonly Replica[];
  /** Ends everything; what stood on the small disk is kept in the folder when asked for. */
  readonly end: (keep: boolean) => Promise<void>;
}

const diskBytes = 1024 ** 3;

export const startFaultStack = async ({ folder, replicas, env }: FaultStackOptions): Promise<FaultStack> => {
  const disk = await mountSmallDisk(join(folder, 'minio/objects'), diskBytes);
  const lines: Partial<Record<'kafka' | 'mongodb', TcpProxy>> = {};
  const end = async (services: Services | undefined, servers: Servers | undefined, keep: boolean): Promise<void> => {
    await services?.stop();
    await servers?.stop();
    for (const line of Object.values(lines)) await line.close();
    if (typeof disk !== 'string') await disk.end(keep ? join(folder, 'minio-objects') : undefined);
  };
  let servers: Servers | undefined;
  try {
    servers = await startServers({
      dataDir: folder,
      tell: async (server, port) => {
        const line = await startTcpProxy({ host: '127.0.0.1', port }, server === 'kafka' ? kafkaWire : mongodbWire);
        lines[server] = line;
        return line.port;
      },
    });
    const given = environmentOf(servers);
    const mongodbUrl = new URL(given['MONGODB_URL']!);
    mongodbUrl.port = String(lines.mongodb!.port);
    const brokers = `127.0.0.1:${lines.kafka!.port}`;
    const services = await startServices({ environment: { ...given, KAFKA_BROKERS: brokers, MONGODB_URL: mongodbUrl.href }, folder: join(folder, 'services'), replicas, env });
    const started = servers;
    return {
      servers: servers as Required<Servers>, services, lines: lines as FaultStack['lines'], disk, brokers,
      replicasOf: (app) => services.replicas.filter((replica) => replica.app === app),
      end: (keep) => end(services, started, keep),
    };
  } catch (error) {
    await end(undefined, servers, true);
    throw error;
  }
};

/** A line in the log of each service, so that what they say can be told apart by fault. */
export const markLogs = ({ services }: FaultStack, text: string): void => {
  for (const { process } of services.replicas) appendFileSync(process.logFile, `--- ${text}\n`);
};
