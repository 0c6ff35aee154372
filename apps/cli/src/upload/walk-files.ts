import { lstat, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface FoundFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

/** Something below the given paths that is no file to read; `why` is a sentence. */
export interface Passed {
  readonly path: string;
  readonly why: string;
  /** Whether there may be instances that are missed. */
  readonly failed: boolean;
}

export type Found = { readonly kind: 'file'; readonly file: FoundFile } | { readonly kind: 'passed'; readonly passed: Passed };

/**
 * Every file below the paths, folder by folder, as the file system lists them; never a whole folder in memory. A path that is
 * given is followed when it is a link, and below it links to files are; links to folders are not, since they may lead in a circle.
 */
export async function* walkFiles(paths: readonly string[]): AsyncGenerator<Found> {
  for (const path of paths) yield* walk(path, true);
}

async function* walk(path: string, given: boolean): AsyncGenerator<Found> {
  try {
    const isLink = (await lstat(path)).isSymbolicLink();
    const facts = await stat(path);
    if (facts.isFile()) yield { kind: 'file', file: { path, size: facts.size, mtimeMs: facts.mtimeMs } };
    else if (!facts.isDirectory()) yield passed(path, 'It is neither a file nor a folder.', false);
    else if (isLink && !given) yield passed(path, 'It is a link to a folder; name it on the command line to have it followed.', true);
    else for await (const { name } of await opendir(path)) yield* walk(join(path, name), false);
  } catch (error) {
    yield passed(path, `It cannot be read: ${(error as Error).message}.`, true);
  }
}

const passed = (path: string, why: string, failed: boolean): Found => ({ kind: 'passed', passed: { path, why, failed } });
