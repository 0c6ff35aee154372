import { setTimeout as pause } from 'node:timers/promises';
import { readWitness } from './read-witness.js';
import { unsyncedOf } from './unsynced.js';
import { cutPower, type Lost } from './power-cut.js';
import { newSlot, newVersion, type Study } from './archive-model.js';
import type { ChangeFeedReader } from './change-feed-reader.js';
import type { Random } from './random.js';
import { ChangeSender } from './send-changes.js';
import { verifyFeed } from './verify-feed.js';
import { verifySlots } from './verify-slots.js';
import { work, type Lane } from './work-lane.js';
import type { Standalone } from '../support/standalone-process.js';

export interface RoundResult {
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly lost: Lost | undefined;
  readonly wrong: readonly string[];
}

export interface Arena {
  readonly lanes: readonly Lane[];
  readonly studies: readonly Study[];
  readonly random: Random;
  readonly witness: string | undefined;
  /** Starts the archive on the folder of all rounds, with an empty witness record. */
  readonly start: () => Promise<Standalone>;
}

const shortestMs = 50;
const longestMs = 1500;
const oldOnesLookedAt = 0.1;

/**
 * Clients work until the archive is killed at a random moment; in every second round the files become what a power cut
 * could have left. Then it starts again and has to stand by every answer that it gave.
 */
export const playRound = async (arena: Arena, archive: Standalone, feed: ChangeFeedReader, isLast: boolean): Promise<{ result: RoundResult; archive: Standalone }> => {
  const { random, studies } = arena;
  let killed = false;
  const sender = new ChangeSender(archive.baseUrl, () => killed);
  feed.follow(archive.baseUrl, () => killed);
  const lanes = arena.lanes.map((lane) => work(lane, sender, feed, random, () => killed));
  // The one place where time is what is tested.
  await Promise.race([pause(shortestMs + random.below(longestMs - shortestMs)), Promise.all(lanes)]);
  killed = true;
  await archive.process.kill();
  await Promise.all(lanes);

  const lost = arena.witness !== undefined && random.chance(0.5) ? await cutPower(unsyncedOf(await readWitness(arena.witness)), random) : undefined;
  const restarted = await arena.start();
  const after = new ChangeSender(restarted.baseUrl, () => false);
  feed.follow(restarted.baseUrl, () => false);
  await settle(after, studies);
  const wrong = [
    ...(await verifySlots(restarted.baseUrl, studies, (slot) => isLast || slot.changedSinceCheck || random.chance(oldOnesLookedAt))),
    ...(await verifyFeed(feed, studies)),
  ];
  const { acknowledged, unanswered, refused } = sender;
  return { result: { acknowledged, unanswered, refused, lost, wrong }, archive: restarted };
};

/**
 * An unanswered command may still be on its way through the log. What is stored after it in the same study is decided
 * after it (I3), so once that is answered nothing of the study changes any more. The delete of a whole study goes on in
 * steps of its own: it is repeated until it is answered, as a client would.
 */
const settle = async (sender: ChangeSender, studies: readonly Study[]): Promise<void> => {
  for (const study of studies) {
    if (study.deleteUnsure) {
      while (!(await sender.removeStudy(study)));
      continue;
    }
    if (!study.slots.some(({ unsure }) => unsure)) continue;
    const marker = newSlot(study.uid, `marker-${study.slots.length}`);
    study.slots.push(marker);
    while (!marker.current) await sender.store('POST', [{ slot: marker, version: newVersion(marker.identity, 16) }]);
  }
};
