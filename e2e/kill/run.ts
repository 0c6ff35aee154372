import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from '../bench/machine.js';
import { startStandalone, type Standalone } from '../support/standalone-process.js';
import { workspaceRoot } from '../support/workspace.js';
import { newStudy, type Study } from '../workload/archive-model.js';
import { buildWitness } from './build-witness.js';
import { ChangeFeedReader } from '../workload/change-feed-reader.js';
import { playRound, type Arena, type RoundResult } from './kill-round.js';
import { KilledRequests } from './killed-requests.js';
import { Random } from '../support/random.js';
import { ChangeSender } from '../workload/send-changes.js';
import { StudyUpdates } from '../workload/study-updates.js';
import type { Lane } from '../workload/work-lane.js';

/**
 * `npm run test:kill -- [--rounds 30] [--seed 1] [--clients 6] [--result file] [--no-power-cut] [--lie]`: invariants I1
 * and I4 through `kill -9` and power cuts. With `--lie` the syncs of the archive do nothing, and the test must fail.
 */
const { values } = parseArgs({
  allowNegative: true,
  options: {
    rounds: { type: 'string', default: '30' }, seed: { type: 'string', default: '1' }, clients: { type: 'string', default: '6' }, dir: { type: 'string', default: tmpdir() },
    result: { type: 'string' }, 'power-cut': { type: 'boolean', default: true }, lie: { type: 'boolean', default: false },
  },
});
const [rounds, seed, clients] = [Number(values.rounds), Number(values.seed), Number(values.clients)];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const folder = await mkdtemp(join(values.dir, 'isocenter-kill-'));
const dataDir = join(folder, 'data');
await mkdir(dataDir);
const library = values['power-cut'] ? await buildWitness(folder) : undefined;
const witness = library === undefined ? undefined : join(folder, 'witness');
if (!library) say('Without power cuts: they are switched off, or there is no C compiler (cc) to build disk-witness.c with.');

const shared = Array.from({ length: 4 }, (_, at) => newStudy(seed, `shared-${at}`, clients * 5, false));
const own = Array.from({ length: clients }, (_, at) => newStudy(seed, `own-${at}`, 6, true));
const lanes: Lane[] = own.map((privateStudy, lane) => ({ privateStudy, slots: shared.flatMap(({ slots }) => slots.slice(lane * 5, lane * 5 + 5)) }));
const updates = new StudyUpdates(newStudy(seed, 'updated', 40, false));
const studies: readonly Study[] = [...shared, ...own, updates.study];

let archive: Standalone | undefined;
const start = async (): Promise<Standalone> => {
  if (witness !== undefined) await rm(witness, { force: true });
  const preload = library === undefined || witness === undefined ? {} : { LD_PRELOAD: library, DISK_WITNESS: witness, DISK_WITNESS_ROOT: dataDir, ...(values.lie ? { DISK_WITNESS_LIE: '1' } : {}) };
  archive = await startStandalone({ dataDir, env: preload });
  return archive;
};

const arena: Arena = { lanes, studies, updates, random: new Random(seed), witness, start };
const results: RoundResult[] = [];
const started = Date.now();
const feed = new ChangeFeedReader();
let broken: string | undefined;
try {
  let current = await start();
  await updates.fill(new ChangeSender(new KilledRequests(current.baseUrl)));
  for (let round = 1; round <= rounds && broken === undefined; round += 1) {
    const { result, archive: next } = await playRound(arena, current, feed, round === rounds);
    current = next;
    results.push(result);
    const { acknowledged, unanswered, lost, wrong } = result;
    say(`round ${round}: ${acknowledged} answered, ${unanswered} not, ${lost ? `power cut: ${lost.sectors} sectors, ${lost.entries} names, ${lost.objects} objects lost` : 'killed'}, ${feed.shown} in the feed${wrong.length ? `, ${wrong.length} WRONG` : ''}`);
    if (wrong.length > 0) broken = wrong.map(({ text }) => text).join('\n');
  }
} catch (error) {
  broken = error instanceof Error ? (error.stack ?? error.message) : String(error);
} finally {
  await archive?.process.stop();
}

const sum = (of: (result: RoundResult) => number): number => results.reduce((total, result) => total + of(result), 0);
const summary = {
  date: new Date().toISOString(), machine: describeMachine(), seed, clients, rounds: results.length, seconds: Math.round((Date.now() - started) / 1000),
  powerCuts: results.filter(({ lost }) => lost).length, sectorsLost: sum(({ lost }) => lost?.sectors ?? 0), namesLost: sum(({ lost }) => lost?.entries ?? 0),
  objectsLost: sum(({ lost }) => lost?.objects ?? 0), answered: sum(({ acknowledged }) => acknowledged), unanswered: sum(({ unanswered }) => unanswered),
  refused: sum(({ refused }) => refused), feedEntries: feed.shown, wrong: broken === undefined ? [] : broken.split('\n'),
};
const file = values.result ?? join(workspaceRoot, 'reports', `kill-${seed}.json`);
await mkdir(join(workspaceRoot, 'reports'), { recursive: true });
await writeFile(file, `${JSON.stringify(summary, null, 2)}\n`);
if (broken === undefined) await rm(folder, { recursive: true });
say(broken === undefined
  ? `passed: ${summary.rounds} rounds, ${summary.powerCuts} of them with a power cut, ${summary.answered} answers kept, ${summary.seconds} s; ${file}`
  : `failed; the files are in ${existsSync(folder) ? folder : file}\n${broken}\n\nThe end of the archive's log:\n${archive?.process.log.slice(-3000) ?? ''}`);
process.exitCode = broken === undefined ? 0 : 1;
