import { versionOf, type Slot } from '../workload/archive-model.js';
import type { ChangeFeedReader } from '../workload/change-feed-reader.js';
import { readOperations, readSlot } from '../workload/read-slot.js';
import type { Requests } from '../workload/requests.js';
import { ChangeSender } from '../workload/send-changes.js';

const side = 16;

/** Asks for one operation after the other, so that each is asked for often; ends when all slots wait to be settled. */
export const probe = async (slots: readonly Slot[], requests: Requests, feed: ChangeFeedReader, stop: () => boolean): Promise<void> => {
  const sender = new ChangeSender(requests);
  for (;;) {
    const slot = slots.find(({ unsure }) => !unsure);
    if (!slot) return;
    const steps: (() => Promise<void>)[] = [
      () => sender.store(slot.current ? 'PUT' : 'POST', [{ slot, version: versionOf(slot.identity, side) }]),
      ...readOperations.map((operation) => () => readSlot(slot, requests, operation)),
      () => feed.readOn(requests),
      async () => {
        if (slot.current) await sender.remove(slot);
      },
    ];
    for (const step of steps) {
      if (stop()) return;
      if (!slot.unsure) await step();
    }
  }
};
