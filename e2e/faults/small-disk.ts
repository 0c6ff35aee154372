import { execFile } from 'node:child_process';
import { cp, mkdir, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of its own in memory, which can be made to have no room. */
export interface SmallDisk {
  readonly fill: () => Promise<void>;
  readonly free: () => Promise<void>;
  /** Unmounts it; what stood on it is copied to a folder when one is given. */
  readonly end: (keepIn?: string) => Promise<void>;
}

/** What is written between the look at what is used and the new size. */
const slackBytes = 512 * 1024;
const tries = 20;

/** Mounts one over the folder; a text that says why not, where this process may not mount. */
export const mountSmallDisk = async (folder: string, bytes: number): Promise<SmallDisk | string> => {
  const resize = async (size: number): Promise<void> => void (await run('mount', ['-o', `remount,size=${size}`, folder]));
  await mkdir(folder, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'isocenter-faults', folder]);
  } catch (error) {
    return `a small file system cannot be mounted (${(error as { stderr?: string }).stderr?.trim() ?? String(error)})`;
  }
  return {
    fill: async () => {
      for (let attempt = 1; ; attempt += 1) {
        const { blocks, bfree, bsize } = await statfs(folder);
        try {
          return await resize((blocks - bfree) * bsize + slackBytes);
        } catch (error) {
          // More than that is used by now.
          if (attempt === tries) throw error;
        }
      }
    },
    free: () => resize(bytes),
    end: async (keepIn) => {
      if (keepIn !== undefined) await cp(folder, keepIn, { recursive: true });
      await run('umount', [folder]);
    },
  };
};
