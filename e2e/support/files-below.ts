import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Paths of the files below a folder, relative to it. What is in it may go while it is looked at. */
export async function filesBelow(folder: string, below = ''): Promise<string[]> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (below !== '' && error.code === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(entries.map(async (entry) => (entry.isDirectory() ? filesBelow(folder, join(below, entry.name)) : entry.isFile() ? [join(below, entry.name)] : [])));
  return found.flat();
}
