import { readdir } from 'node:fs/promises';
import type { ListedObject } from '../object-store.js';
import { codeOf, statFile } from './file-calls.js';

const statsAtATime = 32;

interface Entry {
  readonly name: string;
  readonly isDirectory: boolean;
}

interface Wanted {
  readonly prefix: string;
  /** Keys behind this text only. */
  readonly after: string;
}

/**
 * Walks in the order of the whole keys. That is not the order of the names: `a-b/c` comes before `a/b`, because "-" is
 * below "/"; so a directory is compared with its "/".
 */
export async function* listFiles(root: string, wanted: Wanted, within = ''): AsyncGenerator<ListedObject> {
  const entries = (await entriesOf(`${root}/${within}`)).filter(({ name, isDirectory }) => mayHold(within + name, isDirectory, wanted));
  for (let at = 0; at < entries.length; ) {
    const entry = entries[at];
    if (entry?.isDirectory) {
      yield* listFiles(root, wanted, `${within}${entry.name}/`);
      at += 1;
      continue;
    }
    const files: string[] = [];
    for (; at < entries.length && files.length < statsAtATime; at += 1) {
      const file = entries[at];
      if (!file || file.isDirectory) break;
      files.push(within + file.name);
    }
    for (const listed of await Promise.all(files.map((key) => describe(root, key)))) if (listed) yield listed;
  }
}

const mayHold = (key: string, isDirectory: boolean, { prefix, after }: Wanted): boolean => {
  if (!isDirectory) return key.startsWith(prefix) && key > after;
  const directory = `${key}/`;
  return (directory.startsWith(prefix) || prefix.startsWith(directory)) && (directory > after || after.startsWith(directory));
};

const entriesOf = async (directory: string): Promise<Entry[]> => {
  try {
    const found = await readdir(directory, { withFileTypes: true });
    return found
      .filter(({ name }) => !name.startsWith('.'))
      .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
      .sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
};

const sortKey = ({ name, isDirectory }: Entry): string => (isDirectory ? `${name}/` : name);

/** Undefined when it was removed since the directory was read. */
const describe = async (root: string, key: string): Promise<ListedObject | undefined> => {
  try {
    const { size, mtime } = await statFile(`${root}/${key}`);
    return { key, size, modified: mtime };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
};
