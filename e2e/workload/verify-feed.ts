import { setTimeout as pause } from 'node:timers/promises';
import type { Study } from './archive-model.js';
import type { ChangeFeedReader, FeedEntry } from './change-feed-reader.js';
import type { Finding } from './finding.js';
import { judgeFeed } from './judge-feed.js';
import type { Requests } from './requests.js';

const completeWithinMs = 10_000;
const askAgainAfterMs = 50;

/** Reads the feed until it has as many entries as there were changes, and judges it. */
export const verifyFeed = async (feed: ChangeFeedReader, studies: readonly Study[], requests: Requests): Promise<{ wrong: Finding[]; entries: FeedEntry[] }> => {
  const slots = studies.flatMap((study) => study.slots);
  const expected = slots.reduce((sum, { actions }) => sum + actions.length, 0);
  const deadline = Date.now() + completeWithinMs;
  let entries = await feed.readAll(requests);
  while (entries.length < expected && Date.now() < deadline) {
    await pause(askAgainAfterMs);
    entries = await feed.readAll(requests);
  }
  return { wrong: judgeFeed(entries, slots), entries };
};
