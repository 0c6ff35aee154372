import { describe, expect, test } from '@jest/globals';
import { checkManifests } from '../manifests/check-manifests.js';
import { chart, helm, kubernetesVersions, valueSets, valuesOf } from './helm.js';

describe.each(valueSets)('given the values %s', (set) => {
  test('then helm lint has nothing to say', async () => {
    expect(await helm('lint', '--strict', '--quiet', chart, ...valuesOf(set))).toBe('');
  });

  test('then every object is valid, in the oldest and in the newest Kubernetes', async () => {
    const { documents, faults } = await checkManifests(await helm('template', 'release', chart, '--kube-version', kubernetesVersions[0], ...valuesOf(set)), 'kubernetes', ...kubernetesVersions);
    expect(faults).toEqual([]);
    expect(documents.length).toBeGreaterThan(20);
  });
});

test('given an object with an unknown field, then the check says so', async () => {
  const { faults } = await checkManifests('{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {prots: []}}', 'kubernetes', ...kubernetesVersions);
  expect(faults).toEqual(kubernetesVersions.map((version) => expect.stringMatching(new RegExp(`^Service x, Kubernetes ${version}: spec .*prots`))));
});

describe('values that are refused', () => {
  const template = (...args: readonly string[]): Promise<string> => helm('template', 'release', chart, '--kube-version', kubernetesVersions[0], ...args);

  test.each([
    ['a key that is not known', 'replicaCount=3', /replicaCount/],
    ['a key that is not known, of an app', 'services.ingest.replica=3', /replica/],
    ['an app that is not known', 'services.injest.replicas=3', /injest/],
    ['a setting that is not known', 'settings.LOG_LEVELS=info', /LOG_LEVELS/],
    ['a secret as a setting', 'settings.MONGODB_URL=mongodb://m/isocenter', /MONGODB_URL/],
    ['a setting of another type', 'settings.MAX_PARTS=many', /MAX_PARTS/],
    ['a setting outside its range', 'settings.KAFKA_REPLICATION=0', /KAFKA_REPLICATION/],
    ['a setting with a word that is not allowed', 'settings.LOG_LEVEL=loud', /LOG_LEVEL/],
    ['a value of another type', 'defaults.replicas=two', /replicas/],
    ['a grace period shorter than a process needs', 'termination.gracePeriodSeconds=30', /gracePeriodSeconds/],
    ['no secret of MongoDB', 'secrets.mongodb.existingSecret=', /secrets\.mongodb\.existingSecret is needed/],
    ['no secret of S3', 'secrets.s3.existingSecret=', /secrets\.s3\.existingSecret is needed/],
    ['no API keys', 'secrets.apiKeys.existingSecret=', /secrets\.apiKeys\.existingSecret is needed[^]*npm run key/],
    ['files for TLS to brokers that are spoken to without', 'secrets.kafkaTls.existingSecret=ca', /settings\.KAFKA_TLS is not true/],
    ['an Ingress without a name', 'ingress.enabled=true', /ingress\.hosts is needed/],
  ])('given %s (%s), then the error names it', async (_, pair, message) => {
    await expect(template(...valuesOf('minimal'), '--set', pair)).rejects.toThrow(message);
  });

  test('given no settings, then the error says which is needed and what it means', async () => {
    const needed = ['secrets.mongodb.existingSecret=m', 'secrets.s3.existingSecret=s', 'secrets.apiKeys.existingSecret=k', 'settings.KAFKA_BROKERS=kafka:9092', 'settings.S3_ENDPOINT=http://minio:9000'];
    await expect(template(...needed.slice(0, 3).flatMap((pair) => ['--set', pair]))).rejects.toThrow(/settings\.KAFKA_BROKERS is needed: Brokers/);
    await expect(template(...needed.flatMap((pair) => ['--set', pair]))).rejects.toThrow(/settings\.S3_BUCKET is needed: Bucket/);
  });

  test('given an older Kubernetes than Chart.yaml allows, then it is refused', async () => {
    await expect(helm('template', 'release', chart, '--kube-version', '1.29.0', ...valuesOf('minimal'))).rejects.toThrow(/1\.30/);
  });
});
