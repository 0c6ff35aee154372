import { opendir } from 'node:fs/promises';
import type { ListedObject } from '../object-store.js';
import { codeOf, statFile } from './file-calls.js';

const statsAtATime = 32;
/** Names of a directory that are held and sorted at a time; a larger directory is read again for those behind them. */
const namesAtATime = 50_000;
/** Entries that one call of the operating system gives. */
const entriesAtATime = 1_024;

interface Wanted {
  readonly prefix: string;
  /** Keys behind this text only. */
  readonly after: string;
}

/**
 * Walks in the order of the whole keys. That is not the order of the names: `a-b/c` comes before `a/b`, because "-" is
 * below "/"; so a directory is compared with its "/". What is not wanted is neither held nor sorted nor looked at: the
 * journal's folder has millions of names, of which mostly the last few are asked for.
 */
export async function* listFiles(root: string, wanted: Wanted, within = '', names = namesAtATime): AsyncGenerator<ListedObject> {
  for (let behind = ''; ;) {
    const found = await firstNames(`${root}/${within}`, names, (name) => name > behind && mayHold(within + name, wanted));
    for (let at = 0; at < found.length; ) {
      if (found[at]!.endsWith('/')) {
        yield* listFiles(root, wanted, within + found[at]!, names);
        at += 1;
        continue;
      }
      const files: string[] = [];
      for (; at < found.length && files.length < statsAtATime && !found[at]!.endsWith('/'); at += 1) files.push(within + found[at]!);
      for (const listed of await Promise.all(files.map((key) => describe(root, key)))) if (listed) yield listed;
    }
    if (found.length < names) return;
    behind = found.at(-1)!;
  }
}

/** A directory's key ends with "/". */
const mayHold = (key: string, { prefix, after }: Wanted): boolean => {
  if (!key.endsWith('/')) return key.startsWith(prefix) && key > after;
  return (key.startsWith(prefix) || prefix.startsWith(key)) && (key > after || after.startsWith(key));
};

/** The first `most` names that are wanted, in order; a directory's ends with "/". Twice as many are held at most. */
const firstNames = async (directory: string, most: number, isWanted: (name: string) => boolean): Promise<string[]> => {
  const names: string[] = [];
  let last: string | undefined;
  const keepFirst = (): void => {
    names.sort();
    if (names.length <= most) return;
    names.length = most;
    last = names.at(-1);
  };
  try {
    for await (const entry of await opendir(directory, { bufferSize: entriesAtATime })) {
      if (entry.name.startsWith('.')) continue;
      const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
      if ((last !== undefined && name > last) || !isWanted(name)) continue;
      if (names.push(name) === 2 * most) keepFirst();
    }
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  keepFirst();
  return names;
};

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
