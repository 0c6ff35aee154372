import type { Slot } from './archive-model.js';
import type { FeedEntry } from './change-feed-reader.js';
import { finding, type Finding } from './finding.js';

/** Entries that a finding shows. */
const MOST_SHOWN = 4;

/** The feed has every accepted change of every instance once, in order, and nothing else; the states follow from that. */
export const judgeFeed = (entries: readonly FeedEntry[], slots: readonly Slot[]): Finding[] => {
  const byInstance = Map.groupBy(entries, ({ sopInstanceUid }) => sopInstanceUid);
  const wrong: Finding[] = [];
  for (const { identity: { sopInstanceUid }, actions, current } of slots) {
    const found = byInstance.get(sopInstanceUid) ?? [];
    byInstance.delete(sopInstanceUid);
    const states = statesOf(found.length, current !== undefined);
    const asFound = found.map(({ action, state }: FeedEntry) => `${action}:${state}`);
    const asExpected = actions.map((action, at) => `${action}:${states[at]}`);
    const kind = found.length < actions.length ? 'lost' : found.length > actions.length ? 'duplicate' : 'altered';
    const longer = found.length > actions.length ? asFound : asExpected;
    const at = longer.findIndex((_entry, entry) => asFound[entry] !== asExpected[entry]);
    if (at < 0) continue;
    const shown = (entries: readonly string[]): string => `${entries.length} entries, behind ${at} of them "${entries.slice(at, at + MOST_SHOWN).join(' ')}"`;
    wrong.push(finding(kind, `${sopInstanceUid}: the feed has ${shown(asFound)}, expected ${shown(asExpected)}.`));
  }
  for (const [sop, found] of byInstance) wrong.push(finding('unasked', `${sop}: the feed has ${found.length} entries of it, and nobody sent it.`));
  return wrong;
};

/** Only the last entry of an instance that is there is current. Once it is deleted, all of them are. */
const statesOf = (entries: number, isThere: boolean): string[] =>
  Array.from({ length: entries }, (_, at) => (!isThere ? 'deleted' : at === entries - 1 ? 'current' : 'replaced'));
