import { execFile } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { workspace } from '../local/workspace.js';
import { parseDockerfile, type Stage, type Step } from './parse-dockerfile.js';

const run = promisify(execFile);

/** The stage whose result this checkout is: its packages are installed, and its projects built. */
const BUILT = 'build';

/**
 * Does in folders what the Dockerfile does in layers, and resolves with the folder that stands for `/` of the stage. What
 * cannot be had without a container engine is not there: the base image, of which node and npm are those of this process.
 */
export async function followDockerfile(dockerfile: string, target: string, folder: string): Promise<string> {
  const stages = parseDockerfile(dockerfile);
  const done = new Map<string, Promise<string>>();
  const follow = (name: string): Promise<string> => {
    const stage = stages.get(name);
    if (!stage) throw new Error(`The Dockerfile has no stage ${name}.`);
    if (!done.has(name)) done.set(name, followStage(stage, join(folder, name), follow));
    return done.get(name)!;
  };
  return follow(target);
}

async function followStage({ name, steps, env }: Stage, root: string, follow: (stage: string) => Promise<string>): Promise<string> {
  await mkdir(root, { recursive: true });
  let cwd = '/';
  for (const step of steps) {
    if (step.kind === 'workdir') cwd = step.path;
    else if (name !== BUILT) await (step.kind === 'copy' ? copy(step, root, cwd, follow) : runIn(join(root, cwd), step.command, env));
    else if (step.kind === 'run' && step.command.startsWith('node ')) await runIn(workspace, step.command.replaceAll(/ (\/\S+)/g, (_, path: string) => ` '${join(root, path)}'`), env);
  }
  return root;
}

async function copy({ from, sources, target }: Extract<Step, { kind: 'copy' }>, root: string, cwd: string, follow: (stage: string) => Promise<string>): Promise<void> {
  if (from === undefined) throw new Error(`COPY ${sources.join(' ')}: only the stage ${BUILT} may copy from the build context.`);
  const there = await follow(from);
  const here = target.startsWith('/') ? join(root, target) : join(root, cwd, target);
  await mkdir(here, { recursive: true });
  // As COPY does: of a folder what is in it.
  for (const source of sources) await cp(join(there, source), here, { recursive: true, verbatimSymlinks: true, filter: (path) => basename(path) !== '.git' });
}

async function runIn(cwd: string, command: string, env: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(cwd, { recursive: true });
  await run('sh', ['-ec', command], { cwd, env: { PATH: process.env.PATH, HOME: process.env.HOME, npm_config_prefer_offline: 'true', ...env }, maxBuffer: 64 * 1024 * 1024 });
}
