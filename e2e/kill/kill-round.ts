import { setTimeout as pause } from 'node:timers/promises';
import { readWitness } from './read-witness.js';
import { unsyncedOf } from './unsynced.js';
import { cutPower, type Lost } from './power-cut.js';
import { KilledRequests } from './killed-requests.js';
import type { Standalone } from '../support/standalone-process.js';
import type { Study } from '../workload/archive-model.js';
import type { ChangeFeedReader } from '../workload/change-feed-reader.js';
import type { Finding } from '../workload/finding.js';
import type { Random } from '../support/random.js';
import { ChangeSender } from '../workload/send-changes.js';
import { settle } from '../workload/settle.js';
import type { StudyUpdates } from '../workload/study-updates.js';
import { verifyFeed } from '../workload/verify-feed.js';
import { verifySlots } from '../workload/verify-slots.js';
import { work, type Lane } from '../workload/work-lane.js';

export interface RoundResult {
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly lost: Lost | undefined;
  readonly wrong: readonly Finding[];
}

export interface Arena {
  readonly lanes: readonly Lane[];
  readonly studies: readonly Study[];
  /** One bulk update for each round. */
  readonly updates: StudyUpdates;
  readonly random: Random;
  readonly witness: string | undefined;
  /** Starts the archive on the folder of all rounds, with an empty witness record. */
  readonly start: () => Promise<Standalone>;
}

const shortestMs = 50;
const longestMs = 1500;
const oldOnesLookedAt = 0.1;
const updateWithinMs = 30_000;

/**
 * Clients work, and a bulk update goes on, until the archive is killed at a random moment; in every second round the files become what a power cut
 * could have left. Then it starts again and has to stand by every answer that it gave.
 */
export const playRound = async (arena: Arena, archive: Standalone, feed: ChangeFeedReader, isLast: boolean): Promise<{ result: RoundResult; archive: Standalone }> => {
  const { random, studies, updates } = arena;
  let killed = false;
  const requests = new KilledRequests(archive.baseUrl, () => killed);
  await updates.begin(archive.baseUrl);
  const lanes = arena.lanes.map((lane) => work(lane, { requests, feed, random }, () => killed));
  // The one place where time is what is tested.
  await Promise.race([pause(shortestMs + random.below(longestMs - shortestMs)), Promise.all(lanes)]);
  killed = true;
  await archive.process.kill();
  await Promise.all(lanes);

  const lost = arena.witness !== undefined && random.chance(0.5) ? await cutPower(unsyncedOf(await readWitness(arena.witness)), random) : undefined;
  const restarted = await arena.start();
  const after = new KilledRequests(restarted.baseUrl);
  await updates.complete(restarted.baseUrl, updateWithinMs);
  await settle(new ChangeSender(after), studies);
  const wrong = [
    ...(await verifySlots(restarted.baseUrl, studies, (slot) => isLast || slot.changedSinceCheck || random.chance(oldOnesLookedAt))),
    ...(await verifyFeed(feed, studies, after)).wrong,
  ];
  const { acknowledged, unanswered, refused } = requests;
  return { result: { acknowledged, unanswered, refused, lost, wrong }, archive: restarted };
};
