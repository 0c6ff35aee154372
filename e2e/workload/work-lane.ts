import { versionOf, type Slot, type Study } from './archive-model.js';
import type { ChangeFeedReader } from './change-feed-reader.js';
import type { Random } from '../support/random.js';
import { readOperations, readSlot } from './read-slot.js';
import type { Requests } from './requests.js';
import { ChangeSender } from './send-changes.js';

/** What one client works on: nobody else touches these slots, though others store into the same shared studies. */
export interface Lane {
  readonly slots: readonly Slot[];
  readonly privateStudy: Study;
}

export interface Workplace {
  readonly requests: Requests;
  readonly feed: ChangeFeedReader;
  readonly random: Random;
  /** Sides of the images, in pixels, each as likely. */
  readonly sides?: readonly number[];
}

/** 1 KB to 130 KB. */
const usualSides = [16, 16, 64, 256];

/** Does one thing after the other until `stop` says so; ends before when every slot waits to be settled. */
export const work = async (lane: Lane, workplace: Workplace, stop: () => boolean): Promise<void> => {
  const { requests, feed, random } = workplace;
  const sender = new ChangeSender(requests);
  while (!stop()) {
    const { privateStudy } = lane;
    const ownSlots = privateStudy.unsureDelete ? [] : privateStudy.slots;
    const free = [...lane.slots, ...ownSlots].filter((slot) => !slot.unsure);
    if (free.length === 0) return;
    if (random.chance(0.1)) await feed.readOn(requests);
    else if (random.chance(0.3)) await readSlot(random.pick(free), requests, random.pick(readOperations));
    else if (random.chance(0.04) && ownSlots.some(({ current }) => current) && !ownSlots.some(({ unsure }) => unsure)) await removeSome(privateStudy, sender, random);
    else await changeOne(free, sender, workplace);
  }
};

/** The study, or the series of one of its instances. */
const removeSome = async (study: Study, sender: ChangeSender, random: Random): Promise<void> => {
  const { seriesInstanceUid } = random.pick(study.slots.filter(({ current }) => current)).identity;
  const slots = random.chance(0.5) ? study.slots : study.slots.filter(({ identity }) => identity.seriesInstanceUid === seriesInstanceUid);
  await sender.removeTogether(study, slots);
};

const changeOne = async (free: readonly Slot[], sender: ChangeSender, { random, sides = usualSides }: Workplace): Promise<void> => {
  const slot = random.pick(free);
  const change = (of: Slot) => ({ slot: of, version: versionOf(of.identity, random.pick(sides)) });
  if (slot.current) {
    if (random.chance(0.5)) await sender.store('PUT', [change(slot)]);
    else await sender.remove(slot);
    return;
  }
  const absent = free.filter((other) => other !== slot && !other.current).slice(0, random.pick([0, 0, 1, 3]));
  await sender.store('POST', [slot, ...absent].map(change));
};
