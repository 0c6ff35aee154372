import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { whileLocked } from './lock-by-name.js';
import { say } from './run-step.js';

/** Where what was fetched is kept, outside the repository. */
export const cacheFolder = (): string => join(homedir(), '.cache', 'isocenter');

/**
 * The folder `<cache>/<name>`, filled once: `fill` gets an empty folder beside it, which takes its name when it is whole.
 * Of several processes one fills and the others wait.
 */
export async function getOnce(name: string, fill: (folder: string) => Promise<void>, cache = cacheFolder()): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  return whileLocked(`isocenter:${folder}`, () => say(`${name}: another process fetches it; waiting`), async () => {
    if (existsSync(folder)) return folder;
    const part = join(cache, `.${name}.part`);
    await rm(part, { recursive: true, force: true });
    await mkdir(part, { recursive: true });
    try {
      await fill(part);
      await rename(part, folder);
    } finally {
      await rm(part, { recursive: true, force: true });
    }
    return folder;
  });
}
