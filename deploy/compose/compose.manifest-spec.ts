import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type App, readSettings, settingsOf } from '@isocenter/config';
import { parseDockerfile } from '../images/parse-dockerfile.js';
import { workspace } from '../local/workspace.js';
import { checkManifests } from '../manifests/check-manifests.js';
import { getComposeSchema } from '../manifests/get-tools.js';
import { distributedApps } from '../settings/chart-settings.js';

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly (string | object)[];
  readonly healthcheck?: object;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly read_only?: boolean;
  readonly stop_grace_period?: string;
}

const read = (file: string): Promise<string> => readFile(join(workspace, file), 'utf8');
let compose: { services: Readonly<Record<string, Service>>; volumes: object; networks: Readonly<Record<string, { internal?: boolean }>> };
let faults: readonly string[];
/** The variables of example.env with something in those that are to be filled in. */
let filled: Record<string, string>;

beforeAll(async () => {
  const checked = await checkManifests(await read('deploy/compose/compose.yaml'), 'schema', await getComposeSchema());
  compose = checked.documents[0] as typeof compose;
  faults = checked.faults;
  const lines = (await read('deploy/compose/example.env')).split('\n').filter((line) => /^\w+=/.test(line));
  filled = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]).map(([name, value]) => [name, value || 'x'.repeat(44)]));
});

/** As Compose puts variables in. */
const interpolate = (text: string): string => text.replace(/\$\{(\w+)(?::[-?][^}]*)?\}/g, (_, name: string) => filled[name] ?? '?');
const environmentOf = (app: string): Record<string, string> => Object.fromEntries(Object.entries(compose.services[app]!.environment!).map(([name, value]) => [name, interpolate(String(value))]));
const portOf = (url: string): string => url.split(':').at(-1)!.replace(/\D.*/, '');

test('then the file is as the Compose specification wants it', () => {
  expect(faults).toEqual([]);
});

test('given a file that is not, then the check says so', async () => {
  const { faults } = await checkManifests('services: {x: {image: y, depend_on: [z]}}', 'schema', await getComposeSchema());
  expect(faults).toEqual([expect.stringContaining('depend_on')]);
});

test('then every app is there, and the three servers', () => {
  expect(Object.keys(compose.services).sort()).toEqual([...distributedApps, 'kafka', 'minio', 'mongodb', 'mongodb-init'].sort());
});

describe.each<App>(distributedApps)('%s', (app) => {
  test('then its variables are settings of the table, and it starts with them', () => {
    const environment = environmentOf(app);
    const names = settingsOf(app).map(([, { name }]) => name);
    expect(Object.keys(environment).filter((name) => !names.includes(name))).toEqual([]);
    expect(() => readSettings(app, { HOST: '0.0.0.0', ...environment })).not.toThrow();
  });

  test('then its image is the target of its name, of this version', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string };
    const { image, build } = compose.services[app]!;
    expect({ image, target: build?.target }).toEqual({ image: `isocenter/${app}:${version}`, target: app });
    expect(parseDockerfile(await read(build!.dockerfile)).has(app)).toBe(true);
  });

  test('then it waits for the servers that it has settings of, and keeps nothing', () => {
    const { environment = {}, depends_on: waits = {}, volumes = [], read_only: readOnly } = compose.services[app]!;
    const servers = { KAFKA_BROKERS: 'kafka', MONGODB_URL: 'mongodb-init', S3_ENDPOINT: 'minio' };
    const wanted = app === 'gateway' ? distributedApps.filter((other) => other !== 'gateway') : Object.entries(servers).flatMap(([name, server]) => (name in environment ? [server] : []));
    expect(Object.keys(waits).sort()).toEqual([...wanted].sort());
    expect(readOnly).toBe(true);
    expect(volumes.filter((volume) => typeof volume === 'string')).toEqual([]);
  });
});

test('then each address has a service behind it that listens on its port', () => {
  const gateway = environmentOf('gateway');
  for (const app of distributedApps.filter((other) => other !== 'gateway')) {
    const url = new URL(gateway[`${app.toUpperCase().replaceAll('-', '_')}_URL`]!);
    expect([url.hostname, url.port]).toEqual([app, '8080']);
  }
  const ingest = environmentOf('ingest');
  expect([ingest.KAFKA_BROKERS, portOf(String(compose.services.kafka!.environment!.KAFKA_ADVERTISED_LISTENERS))]).toEqual(['kafka:9092', '9092']);
  expect(new URL(ingest.MONGODB_URL!).host).toBe('mongodb:27017');
  expect(new URL(ingest.S3_ENDPOINT!).host).toBe('minio:9000');
});

test('then only the gateway is published, on the loopback address, and nothing but it reaches the outside', () => {
  const published = Object.entries(compose.services).filter(([, { ports }]) => ports !== undefined).map(([name, { ports }]) => [name, ports!.map(interpolate)]);
  expect(published).toEqual([['gateway', ['127.0.0.1:8080:8080']]]);
  expect(Object.entries(compose.services).filter(([, { networks }]) => networks.some((name) => !compose.networks[name]?.internal)).map(([name]) => name)).toEqual(['gateway']);
});

test('then all that must be filled in is in example.env, and all in it is used', async () => {
  const text = await read('deploy/compose/compose.yaml');
  const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
  expect(Object.keys(filled).sort()).toEqual([...used].sort());
});
