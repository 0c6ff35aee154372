import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseDockerfile } from '../images/parse-dockerfile.js';
import { workspace } from '../local/workspace.js';
import { checkManifests } from '../manifests/check-manifests.js';
import { distributedApps } from '../settings/chart-settings.js';
import { find, type Manifest, render, valuesOf, withChartCopy } from './helm.js';

type Labels = Readonly<Record<string, string>>;

let minimal: Manifest[];
let production: Manifest[];
let everything: Manifest[];

beforeAll(async () => {
  [minimal, production, everything] = await Promise.all([render(valuesOf('minimal')), render(valuesOf('production')), render(valuesOf('everything'))]);
});

const podOf = (manifests: readonly Manifest[], app: string): Manifest => find(manifests, 'Deployment', `-${app}`).spec.template as Manifest;
const selects = (selector: Labels, labels: Labels): boolean => Object.entries(selector).every(([name, value]) => labels[name] === value);
/** The apps whose pods a selector takes. */
const selected = (manifests: readonly Manifest[], selector: Labels): string[] => distributedApps.filter((app) => selects(selector, podOf(manifests, app).metadata.labels));

describe.each(distributedApps)('%s', (app) => {
  test('then its Service, its PodDisruptionBudget, its NetworkPolicy and its HorizontalPodAutoscaler mean its pods alone', () => {
    for (const manifests of [minimal, production]) {
      expect(selected(manifests, find(manifests, 'Deployment', `-${app}`).spec.selector.matchLabels)).toEqual([app]);
      expect(selected(manifests, find(manifests, 'Service', `-${app}`).spec.selector)).toEqual([app]);
      expect(selected(manifests, find(manifests, 'PodDisruptionBudget', `-${app}`).spec.selector.matchLabels)).toEqual([app]);
      expect(selected(manifests, find(manifests, 'NetworkPolicy', `-${app}`).spec.podSelector.matchLabels)).toEqual([app]);
      for (const { labelSelector } of podOf(manifests, app).spec.topologySpreadConstraints) expect(selected(manifests, labelSelector.matchLabels)).toEqual([app]);
    }
    if (app !== 'change-feed') expect(find(production, 'HorizontalPodAutoscaler', `-${app}`).spec.scaleTargetRef.name).toBe(find(production, 'Deployment', `-${app}`).metadata.name);
  });

  test('then only live and ready are probed, in the scheme that it speaks', () => {
    const [container] = podOf(minimal, app).spec.containers;
    expect([container.startupProbe, container.livenessProbe, container.readinessProbe].map(({ httpGet }) => [httpGet.path, httpGet.port, httpGet.scheme])).toEqual([
      ['/health/live', 'http', 'HTTP'], ['/health/live', 'http', 'HTTP'], ['/health/ready', 'http', 'HTTP'],
    ]);
    const scheme = app === 'gateway' ? 'HTTP' : 'HTTPS';
    expect(podOf(everything, app).spec.containers[0].readinessProbe.httpGet.scheme).toBe(scheme);
  });

  test('then it runs without rights and without a token', () => {
    const { spec } = podOf(minimal, app);
    expect(spec).toMatchObject({ automountServiceAccountToken: false, enableServiceLinks: false, securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } });
    expect(spec.containers[0].securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(spec.containers[0].resources.limits).toHaveProperty('memory');
  });

  test('then a new version takes over without a gap', () => {
    expect(find(minimal, 'Deployment', `-${app}`).spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } });
  });

  test('then its image is the target of its name in the Dockerfile, and runs as the user of the image', async () => {
    const { version } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as { version: string };
    const target = parseDockerfile(await readFile(join(workspace, 'docker/Dockerfile'), 'utf8')).get(app)!;
    const { spec } = podOf(minimal, app);
    expect(spec.containers[0].image).toBe(`isocenter/${app}:${version}`);
    expect(`${spec.securityContext.runAsUser}:${spec.securityContext.runAsGroup}`).toBe(target.user);
  });
});

test.each(['retrieve', 'render'])('given %s, then what it keeps of results has a volume with room for more than that and what a killed container left, and it alone', (app) => {
  const roomOf = (set: typeof minimal): number => Number(podOf(set, app).spec.volumes.find(({ name }: { name: string }) => name === 'results').emptyDir.sizeLimit);
  const { env, volumeMounts } = podOf(everything, app).spec.containers[0];
  expect(env).toContainEqual({ name: 'RESULT_CACHE_DIR', value: '/var/cache/isocenter' });
  expect(volumeMounts).toContainEqual({ name: 'results', mountPath: '/var/cache/isocenter' });
  const kept = Number(env.find(({ name }: { name: string }) => name === 'RESULT_CACHE_BYTES').value);
  expect(roomOf(everything)).toBeGreaterThan(2 * kept);
  expect(roomOf(minimal)).toBeGreaterThan(2 * 1024 ** 3);
});

test('then a pod has longer to end than its process takes', async () => {
  const constant = async (file: string, name: string): Promise<number> => Number(new RegExp(`const ${name} = ([\\d_]+);`).exec(await readFile(join(workspace, 'libs/service-process/src', file), 'utf8'))![1]!.replaceAll('_', ''));
  const process = ((await constant('stop-server.ts', 'STOP_MS')) + (await constant('run-process.ts', 'CLOSE_MS'))) / 1000;
  const { terminationGracePeriodSeconds: grace, containers: [{ lifecycle }] } = podOf(minimal, 'ingest').spec;
  expect(grace).toBeGreaterThan(process + lifecycle.preStop.sleep.seconds);
});

describe('who may speak to whom', () => {
  const policyOf = (app: string): { ingress: { ports: { port: number }[]; from?: { podSelector?: { matchLabels: Labels } }[] }[]; egress: { ports: { port: number }[]; to?: { podSelector?: { matchLabels: Labels } }[] }[] } => find(minimal, 'NetworkPolicy', `-${app}`).spec;

  test.each(distributedApps.filter((app) => app !== 'gateway'))('then requests to %s come from the gateway alone', (app) => {
    const rules = policyOf(app).ingress.filter(({ ports }) => ports.some(({ port }) => port === 8080));
    expect(rules.flatMap(({ from = [{}] }) => from.map(({ podSelector }) => selected(minimal, podSelector?.matchLabels ?? {})))).toEqual([['gateway']]);
    expect(policyOf(app).ingress.flatMap(({ ports }) => ports.map(({ port }) => port)).sort()).toEqual([8080, 9464]);
  });

  test.each([
    ['gateway', [53, 53, 8080]],
    ['ingest', [53, 53, 9000, 9092, 27017]],
    ['index', [53, 53, 9092, 27017]],
    ['retrieve', [53, 53, 9000, 27017]],
    ['render', [53, 53, 9000, 27017]],
    ['change-feed', [53, 53, 9000, 9092, 27017]],
  ])('then %s reaches only names and its servers', (app, ports) => {
    expect(policyOf(app).egress.flatMap((rule) => rule.ports.map(({ port }) => port)).sort((one, other) => one - other)).toEqual(ports);
  });

  test('given hosts for webhooks, then change-feed reaches their port, and nobody else does', () => {
    const open = everything.filter(({ kind, spec }) => kind === 'NetworkPolicy' && JSON.stringify(spec.egress).includes('8443'));
    expect(open.map(({ metadata }) => metadata.name)).toEqual(['everything-change-feed']);
  });

  test('given no network policy is wanted, then there is none', async () => {
    expect((await render([...valuesOf('minimal'), '--set', 'networkPolicy.enabled=false'])).filter(({ kind }) => kind === 'NetworkPolicy')).toEqual([]);
  });
});

describe('the secret of the services', () => {
  test('given none, then one is made that the services accept, and all refer to it', () => {
    const { data, metadata } = find(minimal, 'Secret', '-service');
    expect(Buffer.from(data!['service-secret']!, 'base64').toString()).toMatch(/^[A-Za-z0-9]{43}$/);
    for (const app of distributedApps) {
      const { env } = podOf(minimal, app).spec.containers[0] as { env: { name: string; valueFrom?: object }[] };
      expect(env.find(({ name }) => name === 'SERVICE_SECRET')?.valueFrom).toEqual({ secretKeyRef: { name: metadata.name, key: 'service-secret' } });
    }
  });

  test('given an existing one, then none is made', () => {
    expect(production.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });
});

describe('the migration', () => {
  test('then it runs before anything of the release, needs nothing of it, and is gone when it has succeeded', () => {
    for (const kind of ['Job', 'NetworkPolicy']) {
      const { metadata } = find(minimal, kind, '-migration');
      expect(metadata.annotations).toMatchObject({ 'helm.sh/hook': 'pre-install,pre-upgrade', 'helm.sh/hook-delete-policy': 'before-hook-creation,hook-succeeded' });
    }
    const job = find(minimal, 'Job', '-migration').spec.template.spec;
    expect(job.containers[0].args).toEqual(['apps/ingest/dist/main.js', 'migrate']);
    expect(job.serviceAccountName).toBeUndefined();
    const made = minimal.filter(({ kind }) => kind === 'Secret' || kind === 'ConfigMap').map(({ metadata }) => metadata.name);
    expect(made.filter((name) => JSON.stringify(job).includes(`"${name}"`))).toEqual([]);
  });

  test('then its policy means its pod alone, and lets it reach the three servers', () => {
    const { podSelector, egress } = find(minimal, 'NetworkPolicy', '-migration').spec;
    expect(selected(minimal, podSelector.matchLabels)).toEqual([]);
    expect(selects(podSelector.matchLabels, find(minimal, 'Job', '-migration').spec.template.metadata.labels)).toBe(true);
    expect(egress.flatMap((rule: { ports: { port: number }[] }) => rule.ports.map(({ port }) => port)).sort((one: number, other: number) => one - other)).toEqual([53, 53, 9000, 9092, 27017]);
  });

  test('given it is not wanted, then it is not there', async () => {
    expect((await render([...valuesOf('minimal'), '--set', 'migration.enabled=false'])).filter(({ kind }) => kind === 'Job')).toEqual([]);
  });
});

describe('from outside', () => {
  test('then only the gateway has a Service that may be public, and it has no metrics', () => {
    const services = everything.filter(({ kind }) => kind === 'Service');
    expect(services.filter(({ spec }) => spec.type !== 'ClusterIP').map(({ metadata }) => metadata.name)).toEqual(['everything-gateway']);
    expect(find(everything, 'Service', '-gateway').spec.ports).toEqual([{ name: 'http', port: 8080, targetPort: 'http' }]);
  });

  test('then the Ingress leads to the gateway and passes bodies of any size on as they come', () => {
    const { metadata, spec } = find(production, 'Ingress', '');
    expect(spec.rules.map((rule: { host: string; http: { paths: { backend: object }[] } }) => [rule.host, rule.http.paths.map(({ backend }) => backend)])).toEqual([
      ['archive.example.org', [{ service: { name: 'release-isocenter-gateway', port: { name: 'http' } } }]],
    ]);
    const nginx = (name: string): string | undefined => metadata.annotations?.[`nginx.ingress.kubernetes.io/${name}`];
    expect([nginx('proxy-request-buffering'), nginx('proxy-buffering'), nginx('proxy-body-size'), nginx('proxy-read-timeout'), nginx('proxy-send-timeout')]).toEqual(['off', 'off', '8g', '330', '330']);
  });
});

describe('monitoring', () => {
  test('then the ServiceMonitor reads the metrics of all processes, each by its name', () => {
    const { selector, endpoints } = find(production, 'ServiceMonitor', '').spec;
    const services = production.filter(({ kind, metadata }) => kind === 'Service' && selects(selector.matchLabels, metadata.labels));
    expect(services.map(({ metadata }) => metadata.name)).toEqual(['release-isocenter-metrics']);
    expect(selected(production, services[0]!.spec.selector)).toEqual(distributedApps);
    expect(endpoints[0]).toMatchObject({ honorLabels: true, port: services[0]!.spec.ports[0].name, path: '/metrics', relabelings: [{ targetLabel: 'service' }] });
  });

  test('given no port for metrics, then nothing of them is there', async () => {
    const manifests = await render([...valuesOf('minimal'), '--set', 'metrics.port=0']);
    expect(JSON.stringify(manifests)).not.toMatch(/"name":\s*"metrics"|9464/);
  });

  test('given a file of alert rules, then it is the PrometheusRule', async () => {
    await withChartCopy(async (copy) => {
      await rm(join(copy, 'files/alerts'), { recursive: true, force: true });
      await mkdir(join(copy, 'files/alerts'));
      await writeFile(join(copy, 'files/alerts/lag.yaml'), 'groups:\n  - name: lag\n    rules:\n      - alert: Lag\n        expr: lag > 1\n        annotations: {summary: "{{ $labels.topic }}"}\n');
      const { spec, metadata } = find(await render(valuesOf('production'), copy), 'PrometheusRule', '');
      expect(metadata).toMatchObject({ name: 'release-isocenter-lag', labels: { release: 'prometheus' } });
      expect(spec).toEqual({ groups: [{ name: 'lag', rules: [{ alert: 'Lag', expr: 'lag > 1', annotations: { summary: '{{ $labels.topic }}' } }] }] });
    });
  });
});

test('given the alert rules of the repository, then the PrometheusRule has them as they are', async () => {
  const { documents } = await checkManifests(await readFile(join(workspace, 'deploy/alerts/isocenter.rules.yaml'), 'utf8'));
  expect(find(production, 'PrometheusRule', '').spec).toEqual(documents[0]);
});

test('given the dashboards of the repository, then Grafana finds them as they are', async () => {
  const { metadata, data } = find(production, 'ConfigMap', '-dashboards');
  expect(metadata.labels).toMatchObject({ grafana_dashboard: '1' });
  expect(JSON.parse(data!['isocenter.json']!)).toEqual(JSON.parse(await readFile(join(workspace, 'deploy/grafana/isocenter.json'), 'utf8')));
});

test('then an app that differs from the defaults keeps what it does not name', () => {
  const { resources } = podOf(everything, 'ingest').spec.containers[0];
  expect(resources).toEqual({ requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '2Gi' } });
  expect(find(everything, 'Deployment', '-gateway').spec.replicas).toBe(2);
  expect(find(everything, 'HorizontalPodAutoscaler', '-index').spec).toMatchObject({ minReplicas: 4, maxReplicas: 32 });
});

test('then what is said after an installation names the addresses', async () => {
  await withChartCopy(async (copy) => {
    // An installation asks a cluster; so what it would say is rendered as an object.
    await rename(join(copy, 'templates/NOTES.txt'), join(copy, 'notes.txt'));
    await writeFile(join(copy, 'templates/notes.yaml'), '{apiVersion: v1, kind: ConfigMap, metadata: {name: notes}, data: {text: {{ tpl (.Files.Get "notes.txt") . | toJson }}}}');
    const { data } = find(await render(valuesOf('production'), copy), 'ConfigMap', 'notes');
    expect(data!.text).toContain('outside              https://archive.example.org');
    expect(data!.text).toContain('http://release-isocenter-gateway.archive:80');
  });
});
