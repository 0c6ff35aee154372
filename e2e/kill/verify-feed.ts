import { setTimeout as pause } from 'node:timers/promises';
import type { Study } from './archive-model.js';
import type { ChangeFeedReader, FeedEntry } from './change-feed-reader.js';

const completeWithinMs = 10_000;
const askAgainAfterMs = 50;

/** The feed has every accepted change of every instance once, in order, and nothing else; the states follow from that. */
export const verifyFeed = async (feed: ChangeFeedReader, studies: readonly Study[]): Promise<string[]> => {
  const slots = studies.flatMap((study) => study.slots);
  const expected = slots.reduce((sum, { actions }) => sum + actions.length, 0);
  const deadline = Date.now() + completeWithinMs;
  let entries = await feed.readAll();
  while (entries.length < expected && Date.now() < deadline) {
    await pause(askAgainAfterMs);
    entries = await feed.readAll();
  }
  const byInstance = Map.groupBy(entries, ({ sopInstanceUid }) => sopInstanceUid);
  const wrong = entries.length === expected ? [] : [`the feed has ${entries.length} entries, expected ${expected}.`];
  for (const { identity, actions, current } of slots) {
    const found = byInstance.get(identity.sopInstanceUid) ?? [];
    const states = statesOf(found.length, current !== undefined);
    const asFound = found.map(({ action, state }: FeedEntry) => `${action}:${state}`).join(' ');
    const asExpected = actions.map((action, at) => `${action}:${states[at]}`).join(' ');
    if (asFound !== asExpected) wrong.push(`${identity.sopInstanceUid}: the feed has "${asFound}", expected "${asExpected}".`);
  }
  return wrong;
};

/** Only the last entry of an instance that is there is current. Once it is deleted, all of them are. */
const statesOf = (entries: number, isThere: boolean): string[] =>
  Array.from({ length: entries }, (_, at) => (!isThere ? 'deleted' : at === entries - 1 ? 'current' : 'replaced'));
