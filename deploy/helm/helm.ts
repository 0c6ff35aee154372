import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getHelm } from '../local/get-servers/get-helm.js';
import { workspace } from '../local/workspace.js';
import { checkManifests } from '../manifests/check-manifests.js';

const run = promisify(execFile);

export const chart = join(workspace, 'helm/isocenter');

/** The oldest version that Chart.yaml allows, and the newest one whose schemas are known. */
export const kubernetesVersions = ['1.30.0', '1.37.0'] as const;

/** The value sets of helm/isocenter/ci. */
export const valueSets = ['minimal', 'production', 'everything'] as const;
export type ValueSet = (typeof valueSets)[number];

export const valuesOf = (set: ValueSet): string[] => ['--values', join(chart, 'ci', `${set}-values.yaml`)];

/** A Kubernetes object as far as the tests look into it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each kind has its own shape; the schema check knows it
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

/** Runs Helm. Rejects with what it says when it fails. */
export async function helm(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(await getHelm(), args, { maxBuffer: 16 * 1024 * 1024 }).catch((error: { stderr?: string; stdout?: string }) => {
    throw new Error(`helm ${args.join(' ')}\n${error.stdout}${error.stderr}`, { cause: error });
  });
  return stdout;
}

/** What an installation would create, hooks too. */
export async function render(args: readonly string[], from = chart): Promise<Manifest[]> {
  const yaml = await helm('template', 'release', from, '--namespace', 'archive', '--kube-version', kubernetesVersions[0], ...args);
  return (await checkManifests(yaml)).documents as Manifest[];
}

/** Works with a copy of the chart that may be changed. */
export async function withChartCopy<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-chart-'));
  try {
    await cp(chart, folder, { recursive: true });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The one object of a kind whose name ends so. */
export function find(manifests: readonly Manifest[], kind: string, ending: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name.endsWith(ending));
  if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind} end with ${ending}, of ${manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).join(', ')}.`);
  return found[0]!;
}
