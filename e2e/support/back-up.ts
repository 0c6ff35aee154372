import { execFile } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { profile, type ArchiveData } from './archive.js';
import { filesBelow } from './files-below.js';
import { openObjects } from './open-stored.js';
import { openSqlite } from './sqlite-session.js';
import { workspaceRoot } from './workspace.js';

const run = promisify(execFile);

/** The metadata as they are at one moment, of an archive that runs (docs/operations.md, "Backup and restore"). */
export async function backUpMetadata(from: ArchiveData, to: ArchiveData): Promise<void> {
  if (profile === 'stack') {
    const url = new URL(process.env.MONGODB_URL!);
    url.pathname = `/${from.name}`;
    await run(process.execPath, [join(workspaceRoot, 'libs/metadata-store/test/copy-database.mjs'), url.href, to.name]);
    return;
  }
  const session = await openSqlite(from.name);
  await session.run(`VACUUM INTO '${join(to.name, 'isocenter.db')}'`);
  await session.close();
}

/** The objects whose keys begin so, of an archive that runs. What is removed meanwhile is needed by nobody. */
export async function backUpObjects(from: ArchiveData, to: ArchiveData, isWanted: (key: string) => boolean): Promise<void> {
  await (profile === 'stack' ? copyBucket : copyFolder)(from, to, isWanted);
}

async function copyFolder(from: ArchiveData, to: ArchiveData, isWanted: (key: string) => boolean): Promise<void> {
  const [source, target] = [from, to].map(({ name }) => join(name, 'objects')) as [string, string];
  for (const path of await filesBelow(source)) {
    if (path.startsWith('.incoming') || !isWanted(path)) continue;
    await mkdir(dirname(join(target, path)), { recursive: true });
    await copyFile(join(source, path), join(target, path)).catch(unlessGone);
  }
}

function unlessGone(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

async function copyBucket(from: ArchiveData, to: ArchiveData, isWanted: (key: string) => boolean): Promise<void> {
  const [source, target] = [await openObjects(from), await openObjects(to)];
  try {
    for await (const { key, size } of source.list('')) {
      if (!isWanted(key)) continue;
      const bytes = await source.readRange(key, 0, size).catch((error: unknown) => {
        if ((error as Error).name !== 'ObjectNotFoundError') throw error;
      });
      if (bytes) await target.put(key, bytes);
    }
  } finally {
    await Promise.all([source.close(), target.close()]);
  }
}
