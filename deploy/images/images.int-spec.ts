import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildServices } from '../local/build-services.js';
import { findPort } from '../local/start-servers/find-port.js';
import { distributedApps } from '../local/workspace.js';
import { runContainer, type Container } from './container.js';
import { makeImageFolder, type ImageFolder } from './image-folder.js';

const INSTALL_MS = 600_000;
const SERVERS = ['KAFKA_BROKERS', 'MONGODB_URL', 'S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'S3_BUCKET'] as const;
let image: ImageFolder;
const started: Container[] = [];

beforeAll(async () => {
  const missing = SERVERS.filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`Not set: ${missing.join(', ')}. Run it by npm run test:stack, which starts the servers.`);
  await buildServices();
  image = await makeImageFolder();
}, INSTALL_MS);

afterAll(async () => {
  await Promise.all(started.map((container) => container.stop()));
  await image?.remove();
});

test('given the servers, when they are prepared and every app is started as its image starts it, then each is ready, and healthy by the check of the image', async () => {
  const run = `images-${randomBytes(4).toString('hex')}`;
  const ports = new Map<string, number>();
  for (const app of distributedApps()) ports.set(app, await findPort());
  const database = new URL(process.env.MONGODB_URL!);
  database.pathname = `/${run}`;
  const withoutSecret = {
    ...Object.fromEntries(SERVERS.map((name) => [name, process.env[name]!])),
    ...Object.fromEntries([...ports].map(([app, port]) => [`${app.toUpperCase().replaceAll('-', '_')}_URL`, `http://127.0.0.1:${port}`])),
    MONGODB_URL: database.href, S3_BUCKET: run, KAFKA_TOPIC_PREFIX: `${run}.`, KAFKA_REPLICATION: '1', KAFKA_MIN_INSYNC: '1',
    HOST: '127.0.0.1', METRICS_PORT: '0',
  };
  const env = { ...withoutSecret, SERVICE_SECRET: randomBytes(32).toString('base64url') };
  // What the job of the chart does, and does again with each upgrade.
  for (let times = 0; times < 2; times += 1) {
    const { code, output } = await runContainer(image, 'ingest', withoutSecret, 'migrate').ended;
    expect([code, output]).toEqual([0, expect.stringContaining('topics, schema and bucket are there')]);
  }
  for (const [app, port] of ports) {
    const container = runContainer(image, app, { ...env, PORT: String(port) });
    started.push(container);
    await container.untilOk(`http://127.0.0.1:${port}/health/ready`);
    expect([app, await container.checkHealth()]).toEqual([app, 0]);
  }
  const codes = await Promise.all(started.splice(0).map(async (container) => (await container.stop()).code));
  expect(codes).toEqual([...ports].map(() => 0));
}, 120_000);
