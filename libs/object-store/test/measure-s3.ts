// node libs/object-store/test/measure-s3.ts, after a build, with the S3_* variables of `npm run stack -- --servers-only`:
// the adapter beside the calls of the client, in interleaved rounds; and what checksums cost. Some 25 s.
import { Client } from 'minio';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { S3ObjectStore } from '../dist/s3/index.js';

const { S3_ENDPOINT = '', S3_ACCESS_KEY: accessKey = '', S3_SECRET_KEY: secretKey = '' } = process.env;
if (S3_ENDPOINT === '') throw new Error('S3_ENDPOINT is not set. Start a server with npm run stack -- --servers-only, and set what it prints.');
const { hostname, port, protocol } = new URL(S3_ENDPOINT);
const region = process.env['S3_REGION'] ?? 'us-east-1';
const bucket = `isocenter-measure-${randomUUID()}`;

const clients = 8;
const size = 512 * 1024;
const bytes = randomBytes(size);
const chunks = Array.from({ length: 8 }, (_, at) => bytes.subarray(at * 65_536, (at + 1) * 65_536));

const store = await S3ObjectStore.open({ endpoint: S3_ENDPOINT, region, accessKey, secretKey, bucket });
const client = new Client({ endPoint: hostname, port: Number(port), useSSL: protocol === 'https:', accessKey, secretKey, region });

const keys: string[] = [];
const newKey = (): string => {
  keys.push(`p/${keys.length % 50}/s/${randomUUID()}.dcm`);
  return keys.at(-1)!;
};
const someKey = (): string => keys[Math.floor(Math.random() * keys.length)]!;

const drain = async (stream: Readable, expected: number): Promise<void> => {
  let seen = 0;
  stream.on('data', (chunk: Buffer) => (seen += chunk.length));
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  if (seen !== expected) throw new Error(`${seen} bytes came.`);
};
const write = async (key: string): Promise<void> => {
  const writer = await store.openWriter(key);
  for (const chunk of chunks) await writer.write(chunk);
  await writer.commit();
};
const lend = async (key: string): Promise<void> => {
  let seen = 0;
  for await (const chunk of await store.lend(key, { offset: 0, length: size })) seen += chunk.length;
  if (seen !== size) throw new Error(`${seen} bytes came.`);
};

interface Round {
  readonly rate: number;
  readonly processorMs: number;
}

const runRound = async (call: () => Promise<unknown>, ms: number): Promise<Round> => {
  const [started, before] = [performance.now(), process.cpuUsage()];
  let done = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (performance.now() < started + ms) {
      await call();
      done += 1;
    }
  }));
  const { user, system } = process.cpuUsage(before);
  return { rate: (done * 1000) / (performance.now() - started), processorMs: (user + system) / 1000 / done };
};

const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[numbers.length >> 1]!;

const compare = async (calls: Record<string, () => Promise<unknown>>, rounds: number, ms: number): Promise<void> => {
  const results = new Map<string, Round[]>(Object.keys(calls).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) for (const [name, call] of Object.entries(calls)) results.get(name)!.push(await runRound(call, ms));
  for (const [name, all] of results) {
    console.log(`${name.padEnd(30)}${median(all.map(({ rate }) => rate)).toFixed(0).padStart(6)}/s ${median(all.map(({ processorMs }) => processorMs)).toFixed(2).padStart(6)} ms of processor each`);
  }
};

const checksums = { crc32: () => crc32(bytes), sha256: () => createHash('sha256').update(bytes).digest(), md5: () => createHash('md5').update(bytes).digest() };
for (const [name, make] of Object.entries(checksums)) {
  const started = performance.now();
  for (let times = 0; times < 300; times += 1) make();
  console.log(`${name.padEnd(30)}${((performance.now() - started) / 300).toFixed(2).padStart(16)} ms for 0.5 MB`);
}
await compare({ 'put, client': () => client.putObject(bucket, newKey(), bytes), 'put, adapter': () => write(newKey()) }, 5, 1200);
await compare({ 'get, client': async () => drain(await client.getObject(bucket, someKey()), size), 'get, adapter': () => lend(someKey()) }, 5, 700);
await compare({ '4 KB, client': async () => drain(await client.getPartialObject(bucket, someKey(), 1000, 4096), 4096), '4 KB, adapter': async () => (await store.lendRange(someKey(), 1000, 4096)).release() }, 3, 500);

await store.remove(keys);
await client.removeBucket(bucket);
await store.close();
