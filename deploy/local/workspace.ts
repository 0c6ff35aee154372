import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the repository, the same from the sources and from `dist`. */
export const workspace = above(import.meta.dirname);

function above(folder: string): string {
  if (existsSync(join(folder, 'nx.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('This program runs from a checkout of the repository only.');
  return above(dirname(folder));
}

/** The apps that are a process of their own in the distributed profile: the gateway, then what stands behind it. */
export const distributedApps = (): string[] =>
  globSync('apps/*/src/main.ts', { cwd: workspace }).map((file) => file.split('/')[1] as string).filter((app) => app !== 'standalone').sort((a, b) => Number(b === 'gateway') - Number(a === 'gateway') || a.localeCompare(b));

/**
 * The options of node with which `npm start` runs the archive. The heap may double before it is collected: by itself V8 lets it
 * grow the more the slower the machine is, so that what is garbage passed 300 MB on a busy one (I6).
 */
export function startOptions(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(workspace, 'package.json'), 'utf8')) as { scripts: { start: string } };
  return scripts.start.split('&&').at(-1)!.trim().split(/\s+/).filter((word) => word.startsWith('--'));
}
