import { existsSync, globSync } from 'node:fs';
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
