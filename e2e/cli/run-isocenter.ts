import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';

const bin = join(workspaceRoot, 'apps/cli/bin/isocenter.mjs');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command line tool, in a pipe and not on a terminal. */
export interface Run {
  readonly stderr: string;
  readonly ended: Promise<Ended>;
  interrupt(): void;
}

/** As `npx isocenter` does. */
export function runIsocenter(words: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [bin, ...words], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code]) => {
    process.removeListener('exit', killWithUs);
    return { code: code as number | null, stdout, stderr };
  });
  return {
    get stderr() {
      return stderr;
    },
    ended,
    interrupt: () => void child.kill('SIGINT'),
  };
}
