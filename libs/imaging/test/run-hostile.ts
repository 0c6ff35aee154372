/**
 * Hostile frames without end, with good ones beside them:
 *
 *     npm run test:hostile -- [ROUNDS] [FILE]
 *
 * A round is every frame of `hostileFrames`, one of each seed changed by chance, and each seed as it is, all at once in a pool of
 * two threads. Ends with `N passed, N failed`, and writes what it counted to FILE.
 */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { FramePool } from '../src/index.js';
import { attack, attackByChance, type Outcome, requireGood } from './attack-pool.js';
import { fixtureFrame } from './fixture-frame.js';
import { hostileFrames, randomBytes, seeds } from './hostile-frames.js';

const MB = 1e6;
/** Rounds after which memory is what it stays. */
const SETTLED = 20;
/** More than then, at any later time. */
const MOST_GROWTH = 200 * MB;
const AT_ONCE = 6;

const [rounds = 500, file] = [Number(process.argv[2] ?? 500), process.argv[3]];
const pool = new FramePool({ threads: 2 });
const frames = await hostileFrames();
const sources = await Promise.all(seeds.map(fixtureFrame));
const random = randomBytes(20_261_121);
const hostile: Partial<Record<Outcome, number>> = {};
const byChance: Partial<Record<Outcome, number>> = {};
let good = 0;
let failed = 0;
let settled = 0;
let most = 0;
const started = Date.now();

const count = (counts: Partial<Record<Outcome, number>>, outcome: Outcome): unknown => (counts[outcome] = (counts[outcome] ?? 0) + 1);
for (let round = 1; round <= rounds; round++) {
  const work = [
    ...frames.map((frame) => async () => count(hostile, await attack(pool, frame))),
    ...sources.map((source) => async () => count(byChance, await attackByChance(pool, source, random))),
    ...seeds.map((seed) => async () => requireGood(pool, seed).then(() => good++)),
  ];
  shuffle(work);
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let next = work.pop(); next !== undefined; next = work.pop()) await next().catch(fail);
  }));
  const rss = process.memoryUsage.rss();
  if (round === SETTLED) settled = rss;
  if (round >= SETTLED) most = Math.max(most, rss);
  if (round % 50 === 0) console.log(`round ${round}: ${Math.round(rss / MB)} MB`);
}
if (most - settled > MOST_GROWTH) fail(new Error(`Resident memory grew from ${settled} to ${most} bytes.`));
const { load, counts } = pool;
if (load.working + load.waiting > 0) fail(new Error(`The pool still works on ${load.working} frames.`));
await pool.close();

const total = frames.length * rounds + 2 * seeds.length * rounds;
const result = {
  date: new Date(started).toISOString(), machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}`,
  rounds, kinds: frames.length, seconds: Math.round((Date.now() - started) / 1000), hostile, byChance, good, failed,
  pool: counts, residentMegabytes: { [`afterRound${SETTLED}`]: Math.round(settled / MB), most: Math.round(most / MB) },
};
console.log(JSON.stringify(result, null, 2));
if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.log(`${total - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function shuffle(list: unknown[]): void {
  for (let at = list.length - 1; at > 0; at--) {
    const other = random() % (at + 1);
    [list[at], list[other]] = [list[other], list[at]];
  }
}

function fail(error: unknown): void {
  failed++;
  console.log(String(error));
}
