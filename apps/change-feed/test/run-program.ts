import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface Running {
  readonly child: ChildProcess;
  /** Resolves with what it wrote when it has ended well; rejects with what it said otherwise. */
  readonly ended: Promise<string>;
}

/** A program that a reader of the documentation would run; `remedy` says how it is had. */
export function runProgram(command: string, args: readonly string[], remedy: string): Running {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, wrong] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (wrong += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    if (code === 0) return out;
    throw new Error(`${command} ended with ${String(code ?? signal)}: ${wrong.slice(-2_000)}\n${remedy}`);
  }, (error: Error) => {
    throw new Error(`${command} could not be started: ${error.message}. ${remedy}`, { cause: error });
  });
  // Looked at by who waits for it; one that is killed is waited for by nobody.
  ended.catch(() => undefined);
  return { child, ended };
}
