import { beforeAll, describe, expect, test } from '@jest/globals';
import { type App, readSettings, settingsOf } from '@isocenter/config';
import { distributedApps } from '../settings/chart-settings.js';
import { find, render, type Manifest, type ValueSet, valueSets, valuesOf } from './helm.js';

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

/** What a cluster would read from the secrets. */
const secretValues: Readonly<Record<string, string>> = {
  SERVICE_SECRET: 's'.repeat(32), MONGODB_URL: 'mongodb://user:password@mongodb/isocenter', S3_ACCESS_KEY: 'name', S3_SECRET_KEY: 'key', KAFKA_SASL_USERNAME: 'name', KAFKA_SASL_PASSWORD: 'password',
  EXPORT_DESTINATIONS: '[{"name": "research", "type": "file", "folder": "/exports"}]',
  IMPORT_SOURCES: '[{"name": "old-pacs", "type": "file", "folder": "/old-pacs"}]',
};
/** Variables of Node.js and OpenTelemetry, which the value sets give as more variables. */
const notOurs = /^(NODE|OTEL)_/;

const rendered = new Map<ValueSet, Manifest[]>();

beforeAll(async () => {
  for (const set of valueSets) rendered.set(set, await render(valuesOf(set)));
});

const variablesOf = ({ spec }: Manifest): Variable[] => (spec.template.spec.containers[0].env as Variable[]).filter(({ name }) => !notOurs.test(name));
const namesOf = (app: App): string[] => settingsOf(app).map(([, { name }]) => name);
const environmentOf = (variables: readonly Variable[]): Record<string, string | undefined> =>
  Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, valueFrom ? secretValues[name] : value]));

describe.each(distributedApps)('%s', (app) => {
  test('given values for everything, then it has all settings of the table, no other, and each once', () => {
    const names = variablesOf(find(rendered.get('everything')!, 'Deployment', `-${app}`)).map(({ name }) => name);
    expect(names.sort()).toEqual(namesOf(app).sort());
  });

  test.each(valueSets)('given the values %s, then it starts with what it gets', (set) => {
    const variables = variablesOf(find(rendered.get(set)!, 'Deployment', `-${app}`));
    expect(variables.map(({ name }) => name).filter((name) => !namesOf(app).includes(name))).toEqual([]);
    expect(() => readSettings(app, environmentOf(variables))).not.toThrow();
  });

  test('given values for everything, then no secret stands in the object', () => {
    const secrets = settingsOf(app).filter(([, row]) => row.secret).map(([, { name }]) => name);
    const variables = variablesOf(find(rendered.get('everything')!, 'Deployment', `-${app}`));
    expect(variables.filter(({ name, valueFrom }) => secrets.includes(name) && valueFrom === undefined)).toEqual([]);
  });
});

test('given numbers and switches among the values, then a process reads the same', () => {
  const read = readSettings('ingest', environmentOf(variablesOf(find(rendered.get('everything')!, 'Deployment', '-ingest'))));
  expect(read).toMatchObject({ host: '::', kafkaTls: true, kafkaReplication: 5, maxUploadBytes: 17_179_869_184, maxConcurrentUploads: 128, kafkaTopicPrefix: 'clinic.', s3Sse: 'kms' });
});

test('given values for everything, then the migration has the settings of ingest but what only those need who ask it', () => {
  const names = variablesOf(find(rendered.get('everything')!, 'Job', '-migration')).map(({ name }) => name);
  expect(names.sort()).toEqual(namesOf('ingest').filter((name) => !name.startsWith('SERVICE_SECRET') && !name.startsWith('SERVICE_TLS_')).sort());
});

test('given a certificate for the services, then the gateway speaks TLS to them, and they find their files', () => {
  const manifests = rendered.get('everything')!;
  const gateway = environmentOf(variablesOf(find(manifests, 'Deployment', '-gateway')));
  expect([gateway.INGEST_URL, gateway.CHANGE_FEED_URL]).toEqual(['https://everything-ingest:8080', 'https://everything-change-feed:8080']);
  for (const app of distributedApps) {
    const { spec } = find(manifests, 'Deployment', `-${app}`).spec.template;
    const files = (spec.volumes as { name: string; secret?: { items: { path: string }[] } }[]).flatMap(({ name, secret }) => (secret?.items ?? []).map(({ path }) => `/etc/isocenter/${name}/${path}`));
    const named = variablesOf(find(manifests, 'Deployment', `-${app}`)).flatMap(({ value }) => (value?.startsWith('/etc/isocenter/') ? [value] : []));
    expect(files.sort()).toEqual(named.sort());
  }
});
