import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { getKafka } from './get-servers/get-kafka.js';
import { countBrokers } from './start-servers/ask-kafka.js';
import { isPrimary } from './start-servers/ask-mongodb.js';
import { ensureBucket, sign } from './start-servers/ask-s3.js';
import { environmentOf, serverNames, startServers, type ServerName, type Servers } from './start-servers.js';

const run = promisify(execFile);
let dataDir: string;
let servers: Required<Servers>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'isocenter-servers-'));
  servers = (await startServers({ dataDir })) as Required<Servers>;
}, 120_000);

afterAll(async () => {
  await servers?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const portOf = (name: ServerName): number => Number(servers[name].address.split(':').at(-1));
const answers: Record<ServerName, () => Promise<boolean>> = {
  kafka: async () => (await countBrokers(portOf('kafka'))) === 1,
  mongodb: () => isPrimary(portOf('mongodb')),
  minio: () => ensureBucket(servers.s3, servers.s3.bucket),
};

/** Kafka's own client. */
async function topics(...args: string[]): Promise<string[]> {
  const { stdout } = await run('java', ['-cp', join(await getKafka(), '*'), 'org.apache.kafka.tools.TopicCommand', '--bootstrap-server', servers.kafka.address, ...args]);
  return stdout.split('\n').filter((line) => line !== '' && !line.includes('SLF4J') && !line.startsWith('ERROR'));
}

async function buckets(): Promise<string> {
  const url = new URL(`${servers.s3.endpoint}/`);
  return (await fetch(url, { headers: sign('GET', url, servers.s3, new Date()) })).text();
}

test('given the three servers, when they are started, then the environment names where they are', () => {
  expect(environmentOf(servers)).toMatchObject({
    KAFKA_BROKERS: servers.kafka.address, MONGODB_URL: `mongodb://${servers.mongodb.address}/isocenter?replicaSet=rs0`, S3_ENDPOINT: servers.minio.address, S3_BUCKET: 'isocenter',
  });
});

describe.each(serverNames)('%s', (name) => {
  test('given it runs, when it is killed, then it is down until it is started again at the same address', async () => {
    const server = servers[name];
    const { address, pid } = server;
    await server.kill('SIGKILL');
    expect(server.pid).toBeUndefined();
    await expect(answers[name]()).rejects.toThrow();
    await server.restart();
    expect(server.address).toBe(address);
    expect(server.pid).not.toBe(pid);
    expect(await answers[name]()).toBe(true);
  });

  test('given it is paused, when it goes on, then it answers again as the same process', async () => {
    const server = servers[name];
    const { pid } = server;
    await server.kill('SIGSTOP');
    await expect(answers[name]()).rejects.toThrow();
    await server.kill('SIGCONT');
    await server.untilReady();
    expect(server.pid).toBe(pid);
  });

  test('given it is paused, when it is stopped, then its process is gone', async () => {
    const server = servers[name];
    const pid = server.pid as number;
    await server.kill('SIGSTOP');
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    await expect(server.kill('SIGTERM')).rejects.toThrow(`${name} is not running; SIGTERM was not sent.`);
    await server.restart();
  });
});

test('given a topic and a bucket, when their servers are killed and started again, then both are still there', async () => {
  await topics('--create', '--topic', 'kept', '--partitions', '3');
  expect(await ensureBucket(servers.s3, 'kept')).toBe(true);
  await Promise.all(serverNames.map((name) => servers[name].kill('SIGKILL')));
  await Promise.all(serverNames.map((name) => servers[name].restart()));
  expect(await topics('--list')).toEqual(['kept']);
  expect(await buckets()).toContain('<Name>kept</Name>');
});

test('given the data folder of servers that were stopped, when others are started on it, then addresses and data are the same', async () => {
  const before = environmentOf(servers);
  await servers.stop();
  servers = (await startServers({ dataDir })) as Required<Servers>;
  expect(environmentOf(servers)).toEqual(before);
  expect(await buckets()).toContain('<Name>kept</Name>');
});

test('given the port of a server is taken, when it is started, then the error names the port and what listens there goes on', async () => {
  const pid = servers.mongodb.pid as number;
  await expect(startServers({ dataDir, servers: ['mongodb'] })).rejects.toThrow(`mongodb cannot listen on ${servers.mongodb.address}: another process does.`);
  expect(servers.mongodb.pid).toBe(pid);
  expect(await answers.mongodb()).toBe(true);
});
