import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';

export interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The program is not on the PATH. */
  readonly missing: boolean;
}

export type BoundProcess = ChildProcess & { readonly end: Promise<End> };

/** What `setpriv` exits with when it finds no such program. */
const notFound = 127;

/**
 * Starts a program that the kernel kills when this process ends, in whatever way (PR_SET_PDEATHSIG, which outlives the
 * exec: the pid is the program's own). The signal is tied to the thread that starts it: call from the main thread.
 */
export function spawnBound(command: string, args: readonly string[], options: SpawnOptions): BoundProcess {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], options);
  const end = new Promise<End>((resolve, reject) => {
    child.once('error', () => reject(new Error('setpriv not found: the servers run on Linux only, with util-linux installed (Debian: apt-get install util-linux).')));
    child.once('close', (code, signal) => resolve({ code, signal, missing: code === notFound }));
  });
  end.catch(() => undefined);
  return Object.assign(child, { end });
}
