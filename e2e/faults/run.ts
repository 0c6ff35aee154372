import { buildServices } from '@isocenter/deploy';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../bench/machine.js';
import { Random } from '../support/random.js';
import { workspaceRoot } from '../support/workspace.js';
import { acknowledge, newStudy, versionOf } from '../workload/archive-model.js';
import { ChangeFeedReader } from '../workload/change-feed-reader.js';
import type { Finding } from '../workload/finding.js';
import { ChangeSender } from '../workload/send-changes.js';
import { StudyUpdates } from '../workload/study-updates.js';
import type { Lane } from '../workload/work-lane.js';
import { ClientRequests, RequestLog } from './client-requests.js';
import { startFaultStack, type FaultStack } from './fault-stack.js';
import { NotInjected } from './inject-fault.js';
import { leaveOrphans } from './leave-orphans.js';
import { describeFault, planFaults } from './plan-faults.js';
import { playFault, type Arena, type FaultResult } from './play-fault.js';
import { summarize } from './summarize.js';
import { verifyRest, type VerifiedRest } from './verify-rest.js';

/**
 * `npm run test:faults -- [--faults 12] [--seed 1] [--clients 4] [--replicas 2] [--deadline 3000] [--pause 8000] [--seconds 3600]
 * [--only "kill index"] [--result file] [--lie]`: invariants I1, I3, I4 and I8 on real servers, while every process dies, pauses, and loses what it
 * said. No fault begins behind `--seconds`. With `--lie` the clients claim that an instance was acknowledged which they never
 * sent, and the test must fail.
 */
const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '12' }, seed: { type: 'string', default: '1' }, clients: { type: 'string', default: '4' }, replicas: { type: 'string', default: '2' },
    deadline: { type: 'string', default: '3000' }, pause: { type: 'string', default: '8000' }, seconds: { type: 'string', default: '86400' }, only: { type: 'string', default: '' }, result: { type: 'string' }, lie: { type: 'boolean', default: false }, dir: { type: 'string', default: tmpdir() },
  },
});
const [count, seed, clientCount, replicas, deadlineMs, pauseMs] = [values.faults, values.seed, values.clients, values.replicas, values.deadline, values.pause].map(Number) as [number, number, number, number, number, number];
/** Of a consumer group: `KafkaEventLog`'s own. */
const sessionMs = 6_000;
if (pauseMs <= Math.max(deadlineMs, sessionMs)) throw new Error(`--pause is ${pauseMs}; it has to be longer than the deadline and than a consumer's session of ${sessionMs} ms.`);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
execFileSync('kcat', ['-V'], { stdio: 'ignore' });

/** Short, so that what is left behind is looked for while this runs. */
const graceMs = 2_000;
const faults = planFaults({ seed, replicas, pauseMs, longestMs: 4_000, count: values.only === '' ? count : 100_000 }).filter((fault) => describeFault(fault).startsWith(values.only)).slice(0, count);
const folder = await mkdtemp(join(values.dir, 'isocenter-faults-'));
const log = new RequestLog(join(folder, 'requests.ndjson'));
const feed = new ChangeFeedReader();
const results: FaultResult[] = [];
const notInjected: { fault: string; why: string }[] = [];
let wrong: readonly Finding[] = [];
let rest: VerifiedRest | undefined;
let stack: FaultStack | undefined;
let asked = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (asked = true));

const arenaOf = (on: FaultStack): Arena => {
  const slotsOfLane = 8;
  const shared = Array.from({ length: 4 }, (_, at) => newStudy(seed, `shared-${at}`, clientCount * slotsOfLane, false));
  const own = Array.from({ length: clientCount }, (_, at) => newStudy(seed, `own-${at}`, 8, true));
  const lanes: Lane[] = own.map((privateStudy, lane) => ({ privateStudy, slots: shared.flatMap(({ slots }) => slots.slice(lane * slotsOfLane, (lane + 1) * slotsOfLane)) }));
  const updates = new StudyUpdates(newStudy(seed, 'updated', 60, false));
  const patienceMs = pauseMs + 3 * deadlineMs + 20_000;
  const probed = newStudy(seed, 'probed', 24, false);
  const clients = [...lanes, probed].map((_, client) => new ClientRequests({ client, gateways: on.services.gateways, patienceMs, log }));
  // Now and then one of 9 MB, which goes in parts.
  const sides = [...Array.from({ length: 15 }, (_, at) => [16, 64, 256][at % 3]!), 2_200];
  return { stack: on, lanes, probed: probed.slots, clients, studies: [...shared, ...own, probed, updates.study], updates, feed, log, random: new Random(seed), sides, recoverWithinMs: 60_000 + deadlineMs };
};

const started = Date.now();
let broken: string | undefined;
try {
  await buildServices();
  stack = await startFaultStack({ folder, replicas, env: { STORE_DEADLINE_MS: String(deadlineMs), DELETE_GRACE_MS: String(graceMs), JOURNAL_INTERVAL_MS: '1000' } });
  const arena = arenaOf(stack);
  say(`seed ${seed}: ${faults.length} faults, ${clientCount} clients, ${stack.services.replicas.length} processes; ready after ${Math.round((Date.now() - started) / 1000)} s`);
  await arena.updates.fill(new ChangeSender(arena.clients[0]!));
  await leaveOrphans(stack.servers.s3);
  for (const [at, fault] of faults.entries()) {
    if (asked || wrong.length > 0 || Date.now() - started > Number(values.seconds) * 1000) break;
    const title = `fault ${at + 1}/${faults.length}, ${describeFault(fault)}`;
    try {
      const result = await playFault(arena, fault);
      results.push(result);
      wrong = result.wrong;
      say(`${title}: ${describeResult(result)}`);
    } catch (error) {
      if (!(error instanceof NotInjected)) throw error;
      notInjected.push({ fault: describeFault(fault), why: error.message });
      say(`${title}: NOT INJECTED: ${error.message}`);
    }
  }
  if (values.lie) arena.probed.filter(({ current }) => !current).slice(0, 1).forEach((slot) => acknowledge(slot, 'create', versionOf(slot.identity, 16)));
  if (wrong.length === 0) {
    rest = await verifyRest(arena, 10 * Math.max(graceMs, 2 * deadlineMs));
    wrong = rest.wrong;
  }
} catch (error) {
  broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
} finally {
  await stack?.end(broken !== undefined || wrong.length > 0);
}

function describeResult({ requests, recovery: { first, lastFailure }, slowestRefusalMs, note, wrong }: FaultResult): string {
  const counts = Object.entries(requests).map(([outcome, many]) => `${many} ${outcome}`).join(', ');
  const times = Object.entries(first).map(([operation, ms]) => `${operation} ${ms}`).join(' ');
  return `${counts}${slowestRefusalMs === 0 ? '' : ` (within ${slowestRefusalMs} ms)`}${note && `; ${note}`}; back after ms: ${times}${lastFailure === undefined ? '' : `, last failure ${lastFailure}`}${wrong.length > 0 ? `; ${wrong.length} WRONG` : ''}`;
}

const summary = {
  date: new Date().toISOString(), machine: describeMachine(), seed, clients: clientCount, replicas, deadlineMs, sessionMs, pauseMs, seconds: Math.round((Date.now() - started) / 1000),
  ...summarize({ results, notInjected, counts: log.counts, feedEntries: feed.shown, rest, wrong }),
};
const failed = broken !== undefined || wrong.length > 0 || asked;
const file = values.result ?? join(workspaceRoot, 'reports', `faults-${seed}.json`);
await mkdir(join(workspaceRoot, 'reports'), { recursive: true });
await writeFile(file, `${JSON.stringify({ ...summary, broken }, null, 2)}\n`);
say(JSON.stringify(summary.figures, null, 2));
if (!failed) await rm(folder, { recursive: true });
say(failed
  ? `failed; logs, data and the clients' log are in ${folder}\n${wrong.map(({ kind, text }) => `${kind}: ${text}`).join('\n')}\n${broken ?? ''}`
  : `passed: ${results.length} faults, ${log.counts.answered} answers kept, ${summary.seconds} s; ${file}`);
process.exitCode = failed ? 1 : 0;
