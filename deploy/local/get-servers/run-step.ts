import { spawnBound } from '../spawn-bound.js';

/** A run of an ordinary client (mvn, pip, go) that takes its time. */
export interface Step {
  /** What is done, as the person who waits would say it: `Kafka 4.1.0: fetch the jars`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What to do when the command is not there or fails. */
  readonly remedy: string;
}

/** A step that failed: its name, the last words of the command, and what to do. */
export class StepFailed extends Error {
  override readonly name = 'StepFailed';
}

const linesShown = 15;
const progressEveryMs = 5_000;
const outputKept = 1024 * 1024;

export const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Runs the step, tells on stderr how long it takes, and resolves with its standard output. Throws StepFailed. */
export async function runStep({ name, command, args, cwd, env, remedy }: Step): Promise<string> {
  const begun = Date.now();
  const seconds = (): string => `${((Date.now() - begun) / 1000).toFixed(0)} s`;
  let output = '';
  let log = '';
  say(`${name} (${command}) …`);
  const child = spawnBound(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-outputKept);
    log = (log + text).slice(-outputKept);
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-outputKept);
  });
  const lastLines = (count: number): string[] => log.split('\n').filter((line) => line.trim() !== '').slice(-count);
  const progress = setInterval(() => say(`  ${seconds()}  ${(lastLines(1)[0] ?? '').slice(0, 120)}`), progressEveryMs);
  try {
    const end = await child.end;
    if (end.missing) throw new StepFailed(`${name}: ${command} not found. ${remedy}`);
    if (end.code !== 0) throw new StepFailed([`${name}: ${command} ended with ${end.signal ?? `code ${end.code}`} after ${seconds()}.`, ...lastLines(linesShown).map((line) => `  | ${line}`), remedy].join('\n'));
  } finally {
    clearInterval(progress);
  }
  say(`${name}: done in ${seconds()}`);
  return output;
}
