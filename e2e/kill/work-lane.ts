import { newVersion, type Slot, type Study } from './archive-model.js';
import type { ChangeFeedReader } from './change-feed-reader.js';
import type { Random } from './random.js';
import type { ChangeSender } from './send-changes.js';

/** What one client works on: nobody else touches these slots, though others store into the same shared studies. */
export interface Lane {
  readonly slots: readonly Slot[];
  readonly privateStudy: Study;
}

const sides = [16, 16, 64, 256];

/** Changes one thing after the other until `stop` says so. */
export const work = async (lane: Lane, sender: ChangeSender, feed: ChangeFeedReader, random: Random, stop: () => boolean): Promise<void> => {
  while (!stop()) {
    const free = [...lane.slots, ...lane.privateStudy.slots].filter((slot) => !slot.unsure);
    if (lane.privateStudy.deleteUnsure || free.length === 0) return;
    if (random.chance(0.1)) await feed.readOn();
    else if (random.chance(0.04) && lane.privateStudy.slots.some(({ current }) => current)) await sender.removeStudy(lane.privateStudy);
    else await changeOne(free, sender, random);
  }
};

const changeOne = async (free: readonly Slot[], sender: ChangeSender, random: Random): Promise<void> => {
  const slot = random.pick(free);
  const change = (of: Slot) => ({ slot: of, version: newVersion(of.identity, random.pick(sides)) });
  if (slot.current) {
    if (random.chance(0.5)) await sender.store('PUT', [change(slot)]);
    else await sender.remove(slot);
    return;
  }
  const absent = free.filter((other) => other !== slot && !other.current).slice(0, random.pick([0, 0, 1, 3]));
  await sender.store('POST', [slot, ...absent].map(change));
};
