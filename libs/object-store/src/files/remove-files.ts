import { dirname } from 'node:path';
import type { DurableDirectories } from './durable-directories.js';
import { tolerating, unlinkFile } from './file-calls.js';

const removedAtATime = 8;

/** Unlinks, takes the directories away that are empty then, and syncs what is left of the way to each of them. */
export const removeFiles = async (root: string, paths: readonly string[], directories: DurableDirectories): Promise<void> => {
  for (let at = 0; at < paths.length; at += removedAtATime) {
    await Promise.all(paths.slice(at, at + removedAtATime).map((path) => tolerating(['ENOENT', 'ENOTDIR'], unlinkFile(path))));
  }
  const remaining = new Set<string>();
  for (const directory of new Set(paths.map((path) => dirname(path)))) {
    remaining.add(await removeEmpty(root, directory, directories));
  }
  await Promise.all([...remaining].map((directory) => tolerating(['ENOENT'], directories.sync(directory))));
};

/** Returns the lowest directory that is still there. */
const removeEmpty = async (root: string, directory: string, directories: DurableDirectories): Promise<string> => {
  if (directory === root || !(await directories.removeIfEmpty(directory))) return directory;
  return removeEmpty(root, dirname(directory), directories);
};
