import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of the repository. */
export const workspaceRoot = findWorkspace(import.meta.dirname);

/** The same from the sources and from `dist`. */
function findWorkspace(from: string): string {
  let folder = from;
  while (!existsSync(join(folder, 'nx.json'))) {
    const parent = join(folder, '..');
    if (parent === folder) throw new Error(`There is no workspace above ${from}.`);
    folder = parent;
  }
  return folder;
}
