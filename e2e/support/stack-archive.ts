import { startServices, listKeys, lockWrites, unlockWrites, type Replica, type S3Access } from '@isocenter/deploy';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive, ArchiveData, ArchiveOptions, ArchiveProcess } from './archive.js';
import { startTcpProxy } from './tcp-proxy.js';
import { readKafkaTopic } from './topic-records.js';

/** What `npm run test:stack` says of the servers that it started. */
const named = ['KAFKA_BROKERS', 'MONGODB_URL', 'S3_ENDPOINT', 'S3_REGION', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const;
type ServerSettings = Readonly<Record<(typeof named)[number], string>>;

function serverSettings(): ServerSettings {
  const missing = named.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`The environment does not say where the servers are (${missing.join(', ')}); run npm run test:stack.`);
  return Object.fromEntries(named.map((name) => [name, process.env[name]!])) as ServerSettings;
}

/** A prefix of topics, a database and a bucket, all of one name. What remains of it goes with the servers. */
export const newStackData = async (): Promise<ArchiveData> => ({ name: `e2e-${randomBytes(6).toString('hex')}`, remove: async () => undefined });

/** The built services, two processes of each unless told, on the servers that the environment names. */
export async function startStackArchive({ env, data: given, replicas = 2 }: ArchiveOptions): Promise<Archive> {
  const settings = serverSettings();
  const data = given ?? (await newStackData());
  const access: S3Access = { endpoint: settings.S3_ENDPOINT, region: settings.S3_REGION, accessKey: settings.S3_ACCESS_KEY, secretKey: settings.S3_SECRET_KEY };
  const mongodb = new URL(settings.MONGODB_URL);
  mongodb.pathname = `/${data.name}`;
  const objectStore = new URL(access.endpoint);
  const wayToObjects = await startTcpProxy({ host: objectStore.hostname, port: Number(objectStore.port) });
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-stack-'));
  const services = await startServices({
    folder, replicas,
    environment: { ...settings, MONGODB_URL: mongodb.href, S3_ENDPOINT: `http://127.0.0.1:${wayToObjects.port}`, S3_BUCKET: data.name, KAFKA_TOPIC_PREFIX: `${data.name}.`, KAFKA_REPLICATION: '1', KAFKA_MIN_INSYNC: '1' },
    env,
  }).catch(async (error: unknown) => {
    await wayToObjects.close();
    throw error;
  });
  const processes = services.replicas.map(processOf);
  const stop = async (): Promise<void> => {
    await services.stop();
    await wayToObjects.close();
  };
  const baseUrl = services.gateways[0]!;
  return {
    baseUrl, processes, data, stop,
    front: processes[services.replicas.findIndex(({ process: { address } }) => address === baseUrl)]!,
    metricsUrls: services.replicas.map(({ metrics }) => `http://${metrics}/metrics`),
    get log() {
      return processes.map(({ log }) => log).join('');
    },
    get running() {
      return processes.every(({ running }) => running);
    },
    listObjects: async () => (await listKeys(access, data.name)).filter((key) => !/^journal\/[^/]*\.ndjson$/.test(key)),
    listUnfinishedObjects: () => listUploads(data.name),
    pauseWriter: async () => {
      await lockWrites(Number(mongodb.port));
      return async () => void (await unlockWrites(Number(mongodb.port)));
    },
    takeObjectsAway: async () => {
      wayToObjects.cut();
      return async () => wayToObjects.restore();
    },
    readTopic: (name) => readKafkaTopic(settings.KAFKA_BROKERS, `${data.name}.${name}`),
    end: async () => {
      await stop();
      if (!given) await data.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function processOf({ process }: Replica): ArchiveProcess {
  return {
    name: process.name,
    get pid() {
      if (process.pid === undefined) throw new Error(`${process.name} does not run.`);
      return process.pid;
    },
    get running() {
      return process.pid !== undefined;
    },
    get log() {
      return readFileSync(process.logFile, 'utf8');
    },
  };
}

/** Uploads that MinIO has begun and not finished, by its folder: it lists them by S3 for one exact key only. */
async function listUploads(bucket: string): Promise<string[]> {
  const folder = process.env.MINIO_FOLDER;
  if (!folder) throw new Error('MINIO_FOLDER does not say where MinIO keeps its data; run npm run test:stack.');
  const entries = await readdir(join(folder, '.minio.sys/multipart'), { recursive: true, withFileTypes: true }).catch(() => []);
  const uploads = entries.filter((entry) => entry.isFile() && entry.name === 'xl.meta').map((entry) => join(entry.parentPath, entry.name));
  return uploads.filter((file) => readFileSync(file).includes(bucket));
}
