import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import { exclusions, uncheckedRules } from './exclusions.js';

export interface SchemathesisRun {
  readonly baseUrl: string;
  /** First segment of the paths: `v2`. */
  readonly root: string;
  readonly authorization: string;
  /** A file as it was stored, and the path parameters under which it is found. */
  readonly file: Buffer;
  readonly paths: Readonly<Record<string, string>>;
  readonly seed: number;
  /** Most requests of an operation that are made at random. */
  readonly examples: number;
  /** Where reports are left. */
  readonly folder: string;
}

export interface Verdict {
  readonly passed: number;
  readonly failed: number;
}

/** A run that hangs is ended. With 10 examples the longest takes 110 s on two busy cores, most of it to make up requests. */
const MAX_SECONDS = 300;

/**
 * Asks every operation of the document, with values that it allows and with values that it does not, and checks that each answer
 * is in it. An operation is one test. Rejects when Schemathesis is not there or did not run.
 */
export const runSchemathesis = async ({ baseUrl, root, authorization, file, paths, seed, examples, folder }: SchemathesisRun): Promise<Verdict> => {
  const stored = join(folder, 'openapi-stored.json');
  const report = join(folder, `openapi-${root}.xml`);
  await writeFile(stored, JSON.stringify({ file: file.toString('base64'), paths }));
  const run = spawn('schemathesis', [
    'run', `${baseUrl}/${root}/api.yaml`, '--url', `${baseUrl}/${root}`, '--header', `Authorization: ${authorization}`, '--seed', String(seed), '--phases', 'coverage,fuzzing', '--max-examples', String(examples),
    '--exclude-checks', uncheckedRules.map(({ check }) => check).join(','), ...exclusions.flatMap(({ operationId }) => ['--exclude-operation-id', operationId]),
    '--continue-on-failure', '--request-timeout', '10', '--generation-database', 'none', '--suppress-health-check', 'all', '--no-color', '--report', 'junit', '--report-junit-path', report,
  ], {
    stdio: 'inherit', timeout: MAX_SECONDS * 1000,
    env: { ...process.env, ISOCENTER_STORED: stored, SCHEMATHESIS_HOOKS: 'hooks', PYTHONPATH: join(workspaceRoot, 'e2e/openapi'), PYTHONDONTWRITEBYTECODE: '1' },
  });
  const [code, signal] = (await once(run, 'exit')) as [number | null, NodeJS.Signals | null];
  if (signal !== null) throw new Error(`Schemathesis did not end within ${MAX_SECONDS} s; ask for fewer --examples.`);
  const verdict = readReport(await readFile(report, 'utf8'));
  if (code !== 0 && verdict.failed === 0) throw new Error(`Schemathesis ended with ${code} and reported no failure.`);
  return verdict;
};

/** Counts of a JUnit report. */
export const readReport = (xml: string): Verdict => {
  const [head] = /<testsuites[^>]*>/.exec(xml) ?? [];
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(head ?? '')?.[1] ?? Number.NaN);
  const [tests, failed] = [count('tests'), count('failures') + count('errors')];
  if (!(tests > 0) || Number.isNaN(failed)) throw new Error('The report of Schemathesis has no counts.');
  return { passed: tests - failed, failed };
};
