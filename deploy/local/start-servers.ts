import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { getKafka } from './get-servers/get-kafka.js';
import { getMinio } from './get-servers/get-minio.js';
import { getMongodb } from './get-servers/get-mongodb.js';
import type { S3Access } from './start-servers/ask-s3.js';
import { findPort } from './start-servers/find-port.js';
import type { Server } from './start-servers/server.js';
import { startKafka } from './start-servers/start-kafka.js';
import { replicaSet, startMongodb } from './start-servers/start-mongodb.js';
import { startMinio } from './start-servers/start-minio.js';

export const serverNames = ['kafka', 'mongodb', 'minio'] as const;
export type ServerName = (typeof serverNames)[number];

export interface ServersOptions {
  /** Folder of all data and logs; what stands there from an earlier run is taken up again, on the same ports. */
  readonly dataDir: string;
  /** All three unless told. */
  readonly servers?: readonly ServerName[];
  /** For who stands between clients and a server that tells them its address: is given the server's port, resolves with the one to tell. */
  readonly tell?: (server: 'kafka' | 'mongodb', port: number) => Promise<number>;
}

/** What the servers of a data folder keep for as long as it lives. */
interface Places {
  readonly kafka: number;
  readonly kafkaController: number;
  readonly mongodb: number;
  readonly minio: number;
  readonly secretKey: string;
}

export interface Servers {
  readonly dataDir: string;
  readonly kafka?: Server;
  readonly mongodb?: Server;
  readonly minio?: Server;
  readonly s3: S3Access & { readonly bucket: string };
  readonly stop: () => Promise<void>;
}

/** Gets what is not yet in the cache, starts each server alone on the loopback address, and resolves when all take requests. */
export async function startServers({ dataDir, servers = serverNames, tell = async (_server, port) => port }: ServersOptions): Promise<Servers> {
  const root = resolve(dataDir);
  // One after the other: each of these steps takes all the processors it can get.
  const programs = {
    kafka: servers.includes('kafka') ? await getKafka() : '',
    mongodb: servers.includes('mongodb') ? await getMongodb() : undefined,
    minio: servers.includes('minio') ? await getMinio() : '',
  };
  for (const name of servers) await mkdir(join(root, name), { recursive: true });
  const places = await readPlaces(join(root, 'places.json'));
  const s3 = { endpoint: `http://127.0.0.1:${places.minio}`, region: 'us-east-1', accessKey: 'isocenter', secretKey: places.secretKey, bucket: 'isocenter' };
  const begin: Record<ServerName, () => Promise<Server>> = {
    kafka: async () => startKafka({ jars: programs.kafka, folder: join(root, 'kafka'), port: places.kafka, controllerPort: places.kafkaController, toldPort: await tell('kafka', places.kafka) }),
    mongodb: async () => startMongodb({ program: programs.mongodb as NonNullable<typeof programs.mongodb>, folder: join(root, 'mongodb'), port: places.mongodb, toldPort: await tell('mongodb', places.mongodb) }),
    minio: () => startMinio({ program: programs.minio, folder: join(root, 'minio'), port: places.minio, access: s3, bucket: s3.bucket }),
  };
  const results = await Promise.allSettled(servers.map((name) => begin[name]()));
  const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const stop = async (): Promise<void> => void (await Promise.all(started.map((server) => server.stop())));
  const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  if (faults.length > 0) {
    await stop();
    throw new Error(faults.map(({ message }) => message).join('\n'), { cause: faults[0] });
  }
  return { dataDir: root, ...Object.fromEntries(started.map((server) => [server.name, server])), s3, stop };
}

async function readPlaces(file: string): Promise<Places> {
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as Places;
  const places: Places = { kafka: await findPort(), kafkaController: await findPort(), mongodb: await findPort(), minio: await findPort(), secretKey: randomBytes(24).toString('hex') };
  await writeFile(file, JSON.stringify(places, null, 2), { mode: 0o600 });
  return places;
}

/** The settings by which services and tests find these servers. */
export function environmentOf({ kafka, mongodb, minio, s3 }: Servers): Record<string, string> {
  return {
    ...(kafka && { KAFKA_BROKERS: kafka.address, KAFKA_REPLICATION: '1', KAFKA_MIN_INSYNC: '1' }),
    ...(mongodb && { MONGODB_URL: `mongodb://${mongodb.address}/isocenter?replicaSet=${replicaSet}` }),
    ...(minio && { S3_ENDPOINT: s3.endpoint, S3_REGION: s3.region, S3_ACCESS_KEY: s3.accessKey, S3_SECRET_KEY: s3.secretKey, S3_BUCKET: s3.bucket }),
  };
}
