import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';

const program = join(import.meta.dirname, '../dist/local/run-stack.js');
const goneWithinMs = 30_000;

interface Stack {
  readonly process: ChildProcess;
  readonly pids: readonly number[];
  readonly addresses: readonly string[];
  readonly dataDir: string;
}

const begun: ChildProcess[] = [];

afterEach(() => {
  for (const child of begun.splice(0)) child.kill('SIGKILL');
});

/** Starts the built program and reads its table. */
async function startStack(): Promise<Stack> {
  const child = spawn(process.execPath, [program, '--servers-only'], { stdio: ['ignore', 'pipe', 'ignore'] });
  begun.push(child);
  const rows: string[][] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('Ready.')) break;
    if (/^(kafka|mongodb|minio) /.test(line)) rows.push(line.split(/ {2,}/));
  }
  const column = (at: number): string[] => rows.map((row) => row[at] as string);
  return { process: child, addresses: column(1), pids: column(2).map(Number), dataDir: dirname(dirname(column(3)[0] as string)) };
}

/** Whether the process runs; one that ended and was not yet waited for does not. */
async function runs(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z');
  return !stat.includes(') Z');
}

async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + goneWithinMs;
  for (const pid of pids) {
    while (await runs(pid)) {
      if (Date.now() > deadline) throw new Error(`Process ${pid} still runs.`);
      await pause(50);
    }
  }
}

test('given two stacks at once, when one is ended by Ctrl-C and the other killed, then each takes its own servers with it', async () => {
  const [one, other] = await Promise.all([startStack(), startStack()]);
  expect(new Set([...one.addresses, ...other.addresses]).size).toBe(6);
  expect(new Set([...one.pids, ...other.pids]).size).toBe(6);

  one.process.kill('SIGINT');
  const [code] = await once(one.process, 'exit');
  expect(code).toBe(0);
  await untilGone(one.pids);
  expect(existsSync(one.dataDir)).toBe(false);
  expect(await Promise.all(other.pids.map(runs))).toEqual([true, true, true]);

  other.process.kill('SIGKILL');
  await untilGone(other.pids);
  await rm(other.dataDir, { recursive: true });
}, 120_000);
