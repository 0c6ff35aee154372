import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../support/random.js';
import type { FaultStack } from './fault-stack.js';
import type { Outage } from './judge-outage.js';
import { isService, type Fault, type FaultKind } from './plan-faults.js';
import { redeliverCommands } from './redeliver-commands.js';

export interface Injected {
  readonly outage: Outage;
  /** What came of it, for the line of the fault; '' when there is nothing to say. */
  readonly note: string;
  /** Names of the processes that were started anew. */
  readonly restarted: readonly string[];
}

/** Why a fault cannot be had on this machine. */
export class NotInjected extends Error {
  override readonly name = 'NotInjected';
}

type Inject = (fault: Fault, stack: FaultStack, random: Random) => Promise<Injected>;

/** Does the fault, waits for as long as it lasts, and puts right what it did. The one place where time is what is tested. */
export const injectFault: Inject = (fault, stack, random) => injectors[fault.kind](fault, stack, random);

const processesOf = ({ target, replica }: Fault, stack: FaultStack) => {
  if (!isService(target)) return [stack.servers[target]];
  const replicas = stack.replicasOf(target).map(({ process }) => process);
  return replica === 'all' ? replicas : [replicas[replica]!];
};

const kill: Inject = async (fault, stack) => {
  const processes = processesOf(fault, stack);
  await Promise.all(processes.map((process) => process.kill('SIGKILL')));
  const began = Date.now();
  if (!isService(fault.target)) await pause(fault.ms);
  await Promise.all(processes.map((process) => process.restart()));
  return { outage: { began, ended: Date.now() }, note: '', restarted: processes.map(({ name }) => name) };
};

const stop: Inject = async (fault, stack) => {
  const processes = processesOf(fault, stack);
  await Promise.all(processes.map((process) => process.kill('SIGSTOP')));
  const began = Date.now();
  try {
    await pause(fault.ms);
  } finally {
    await Promise.all(processes.map((process) => process.kill('SIGCONT')));
  }
  return { outage: { began, ended: Date.now() }, note: '', restarted: [] };
};

/** Loses every answer of a kind, each with its connection, for a while and until there was one. */
const loseAnswers = (server: 'kafka' | 'mongodb', share: number, of: (request: string) => boolean): Inject => async ({ ms }, { lines }, random) => {
  const line = lines[server];
  const before = line.lost;
  const began = Date.now();
  line.loseAnswers((request) => of(request) && random.chance(share));
  await pause(ms);
  while (line.lost === before && Date.now() < began + 10 * ms) await pause(10);
  line.keepAnswers();
  const lost = line.lost - before;
  if (lost === 0) throw new Error(`In ${10 * ms} ms no answer of ${server} could be lost.`);
  return { outage: { began, ended: Date.now() }, note: `${lost} answers lost`, restarted: [] };
};

const fillDisk: Inject = async ({ ms }, { disk }) => {
  if (typeof disk === 'string') throw new NotInjected(disk);
  await disk.fill();
  const began = Date.now();
  try {
    await pause(ms);
  } finally {
    await disk.free();
  }
  return { outage: { began, ended: Date.now() }, note: '', restarted: [] };
};

const redeliver: Inject = async (_fault, { brokers }, random) => {
  const began = Date.now();
  const count = await redeliverCommands(brokers, random);
  return { outage: { began, ended: Date.now() }, note: `${count} commands again`, restarted: [] };
};

/** Half of them: the driver tries once more by itself, and neither try, one or both may be lost. */
const injectors: Readonly<Record<FaultKind, Inject>> = {
  kill, pause: stop, 'fill-disk': fillDisk, redeliver,
  'lose-commit': loseAnswers('mongodb', 0.5, (request) => request === 'commitTransaction' || request === 'insert'),
  'lose-acknowledgement': loseAnswers('kafka', 0.5, (request) => request === 'produce'),
};
