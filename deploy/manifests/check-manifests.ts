import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { workspace } from '../local/workspace.js';
import { getPythonPackages, python } from './get-tools.js';

export interface Checked {
  readonly documents: readonly unknown[];
  readonly faults: readonly string[];
}

let packages: Promise<string> | undefined;

/** Parses YAML documents and checks them; see check.py for the arguments. Throws when they are no YAML. */
export async function checkManifests(yaml: string, ...args: readonly string[]): Promise<Checked> {
  const child = spawn(python, [join(workspace, 'deploy/manifests/check.py'), ...args], { env: { ...process.env, PYTHONPATH: await (packages ??= getPythonPackages()), PYTHONDONTWRITEBYTECODE: '1' } });
  child.stdin.end(yaml);
  const [checked, errors] = await Promise.all([json(child.stdout).catch(() => undefined), text(child.stderr)]);
  if (checked === undefined) throw new Error(`check.py failed:\n${errors}`);
  return checked as Checked;
}
