import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { startOf, type ImageFolder } from './image-folder.js';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A process that runs as the container of an image would. */
export interface Container {
  readonly ended: Promise<Ended>;
  /** Resolves when the address answers with 200; rejects when the process ends before, or after 60 s. */
  readonly untilOk: (url: string) => Promise<void>;
  /** Resolves when it has written the text; rejects as `untilOk`. */
  readonly untilSaid: (text: string) => Promise<void>;
  /** SIGTERM, as `docker stop` sends it. */
  readonly stop: () => Promise<Ended>;
  /** Exit code of the health check of the image, run within this container. */
  readonly checkHealth: () => Promise<number | null>;
}

const WITHIN_MS = 60_000;

export function runContainer(image: ImageFolder, app: string, env: Readonly<Record<string, string>>, ...args: readonly string[]): Container {
  const start = startOf(image, app, env, args);
  const child = spawn(start.command, start.args, { cwd: start.cwd, env: start.env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = endOf(child).then((code) => ({ code, output }));
  const until = async (what: string, isSo: () => boolean | Promise<boolean>): Promise<void> => {
    const deadline = Date.now() + WITHIN_MS;
    while (!(await isSo())) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${app}: not ${what}. It said:\n${output}`);
      await pause(50);
    }
  };
  return {
    ended,
    untilOk: (url) => until(`200 of ${url}`, () => fetch(url).then(({ ok }) => ok, () => false)),
    untilSaid: (text) => until(`'${text}'`, () => output.includes(text)),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    checkHealth: () => {
      const [command = '', ...args] = image.stages.get(app)!.healthcheck;
      return endOf(spawn(command, args, { cwd: start.cwd, env: start.env, stdio: 'ignore' }));
    },
  };
}

function endOf(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
}
