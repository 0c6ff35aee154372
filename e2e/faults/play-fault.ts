import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import type { Random } from '../support/random.js';
import type { Slot, Study } from '../workload/archive-model.js';
import type { ChangeFeedReader } from '../workload/change-feed-reader.js';
import { Contradiction, finding, type Finding } from '../workload/finding.js';
import type { Requests } from '../workload/requests.js';
import { ChangeSender } from '../workload/send-changes.js';
import { settle } from '../workload/settle.js';
import type { StudyUpdates } from '../workload/study-updates.js';
import { verifyFeed } from '../workload/verify-feed.js';
import { verifySlots } from '../workload/verify-slots.js';
import { work, type Lane } from '../workload/work-lane.js';
import type { RequestLog } from './client-requests.js';
import { markLogs, type FaultStack } from './fault-stack.js';
import { injectFault, type Injected } from './inject-fault.js';
import { isRecovered, judgeOutage, judgeRequests, recoveryOf } from './judge-outage.js';
import { describeFault, type Fault } from './plan-faults.js';
import { probe } from './probe.js';

export interface Arena {
  readonly stack: FaultStack;
  readonly lanes: readonly Lane[];
  /** What one more client asks for in turn, so that it is seen when each operation is back. */
  readonly probed: readonly Slot[];
  /** One for each lane, and the last for the probe. */
  readonly clients: readonly Requests[];
  readonly studies: readonly Study[];
  /** One bulk update for each fault. */
  readonly updates: StudyUpdates;
  readonly feed: ChangeFeedReader;
  readonly log: RequestLog;
  readonly random: Random;
  /** Sides of the images. */
  readonly sides: readonly number[];
  /** Milliseconds within which all is well again. */
  readonly recoverWithinMs: number;
}

export interface FaultResult {
  readonly fault: string;
  readonly kind: Fault['kind'];
  readonly note: string;
  readonly requests: Readonly<Record<string, number>>;
  /** Milliseconds from the end of the outage to the first success of each operation, and to the last failure. */
  readonly recovery: ReturnType<typeof recoveryOf>;
  /** Longest wait for a 503 or 424, in milliseconds. */
  readonly slowestRefusalMs: number;
  readonly wrong: readonly Finding[];
}

const oldOnesLookedAt = 0.05;
const askAgainAfterMs = 20;

/**
 * Clients work, a bulk update begins; in the middle of it the fault; they go on until all is well again. Then what they were
 * told is compared with what is there.
 */
export const playFault = async (arena: Arena, fault: Fault): Promise<FaultResult> => {
  const { stack, studies, feed, log, clients, random } = arena;
  log.forget();
  markLogs(stack, describeFault(fault));
  const before = pidsOf(stack);
  const { injected, calmUntil, wrong } = await workThrough(arena, fault);
  const recovery = recoveryOf(injected.outage, log.records);
  wrong.push(...judgeRequests(log.records, calmUntil), ...judgeOutage(fault, injected.outage, log.records), ...judgeProcesses(before, pidsOf(stack), injected.restarted));
  const requests = Object.fromEntries([...Map.groupBy(log.records, ({ outcome }) => outcome)].map(([outcome, records]) => [outcome, records.length]));
  const slowestRefusalMs = Math.max(0, ...log.records.filter(({ outcome }) => outcome === 'refused').map(({ began, ended }) => ended - began));
  if (wrong.length === 0) {
    wrong.push(...(await catching(async () => {
      await untilDrained(stack);
      await arena.updates.complete(stack.services.gateways[0]!, arena.recoverWithinMs);
      await settle(new ChangeSender(clients[0]!), studies);
      const slots = await verifySlots(stack.services.gateways[0]!, studies, (slot) => slot.changedSinceCheck || random.chance(oldOnesLookedAt));
      return [...slots, ...(await verifyFeed(feed, studies, clients[0]!)).wrong];
    })));
  }
  return { fault: describeFault(fault), kind: fault.kind, note: injected.note, requests, recovery, slowestRefusalMs, wrong };
};

/** Before the fault, through it, and until the archive has recovered. */
const workThrough = async (arena: Arena, fault: Fault): Promise<{ injected: Injected; calmUntil: number; wrong: Finding[] }> => {
  const { stack, lanes, probed, updates, clients, feed, log, random, sides, recoverWithinMs } = arena;
  let stopped = false;
  const isStopped = (): boolean => stopped;
  const working = [
    ...lanes.map((lane, client) => work(lane, { requests: clients[client]!, feed, random, sides }, isStopped)),
    probe(probed, clients.at(-1)!, feed, isStopped),
  ];
  const ended = Promise.all(working);
  ended.catch(() => undefined);
  /** A step of the fault, unless a client finds out before that something is wrong. */
  const meanwhile = <T>(step: Promise<T>): Promise<T> => Promise.race([step, ended.then(() => step)]);
  let injected: Injected = { outage: { began: Date.now(), ended: Date.now() }, note: '', restarted: [] };
  let calmUntil = Infinity;
  try {
    const began = Date.now();
    await meanwhile(until(() => isRecovered(began, log.records, clients.length), recoverWithinMs, 'The clients were not all served before the fault'));
    await meanwhile(updates.begin(stack.services.gateways[0]!));
    calmUntil = Date.now();
    // To its end, whatever the clients find: what was stopped is continued, what was killed is started.
    injected = await injectFault(fault, stack, random);
    await meanwhile(until(() => isRecovered(injected.outage.ended, log.records, clients.length), recoverWithinMs, 'The archive had not recovered'));
    stopped = true;
    await ended;
    return { injected, calmUntil, wrong: [] };
  } catch (error) {
    if (!(error instanceof Contradiction)) throw error;
    return { injected, calmUntil, wrong: [error] };
  } finally {
    stopped = true;
    await Promise.allSettled(working);
  }
};

const until = async (isTrue: () => boolean | Promise<boolean>, withinMs: number, otherwise: string): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Contradiction('unanswered', `${otherwise} within ${withinMs} ms.`);
    await pause(askAgainAfterMs);
  }
};

const drainedWithinMs = 60_000;

/** Whose client left may still be at work: until no service is storing any more. */
const untilDrained = (stack: FaultStack): Promise<void> =>
  until(async () => {
    const pages = await Promise.all(stack.replicasOf('ingest').map(({ metrics }) => call(`http://${metrics}/metrics`)));
    return pages.every(({ body }) => /^isocenter_uploads_open(\{[^}]*\})? 0$/m.test(body.toString()));
  }, drainedWithinMs, 'Uploads were still open');

const catching = async (check: () => Promise<Finding[]>): Promise<Finding[]> => {
  try {
    return await check();
  } catch (error) {
    if (error instanceof Contradiction) return [error];
    throw error;
  }
};

const pidsOf = ({ services, servers }: FaultStack): ReadonlyMap<string, number | undefined> =>
  new Map([...services.replicas.map(({ process }) => process), servers.kafka, servers.mongodb, servers.minio].map(({ name, pid }) => [name, pid]));

/** No process ended that was not killed; recovery needs no restart (I8). */
const judgeProcesses = (before: ReadonlyMap<string, number | undefined>, after: ReadonlyMap<string, number | undefined>, restarted: readonly string[]): Finding[] =>
  [...after].flatMap(([name, pid]) => {
    if (pid === undefined) return [finding('ended', `${name} ended by itself.`)];
    return restarted.includes(name) === (pid !== before.get(name)) ? [] : [finding('ended', `${name} is another process than before.`)];
  });
