import type { Slot } from './archive-model.js';
import { finding, type Finding } from './finding.js';

/** What reads of an instance show. */
export interface FoundInstance {
  /** Of its bytes; undefined when it is not there. */
  readonly sha256: string | undefined;
  /** By which the metadata tell their version; undefined when it is not there. */
  readonly number: number | undefined;
}

/**
 * Compares a slot with what reads of it show, and settles what was left open: an unanswered change happened wholly or not
 * at all.
 */
export const judgeSlot = (slot: Slot, found: FoundInstance): Finding[] => {
  const { current, unsure } = slot;
  const name = slot.identity.sopInstanceUid;
  const happened = unsure !== undefined && unsure.version?.sha256 === found.sha256;
  if (!happened && current?.sha256 !== found.sha256) {
    const kind = found.sha256 === undefined ? 'lost' : current === undefined ? 'unasked' : 'altered';
    const asked = [current, ...(unsure ? [unsure.version] : [])].map((version) => version?.sha256.slice(0, 12) ?? 'absent').join(' or ');
    return [finding(kind, `${name}: found ${found.sha256?.slice(0, 12) ?? 'absent'}, expected ${asked}.`)];
  }
  if (happened) {
    slot.current = unsure.version;
    slot.actions.push(unsure.action);
  }
  slot.unsure = undefined;
  slot.changedSinceCheck = false;
  if (found.number === slot.current?.number) return [];
  return [finding(found.number === undefined ? 'lost' : 'altered', `${name}: its metadata are of version ${found.number ?? 'absent'}, its bytes of ${slot.current?.number ?? 'absent'}.`)];
};

/** Compares what a search finds in a study, and the number of instances that the study is said to have. */
export const judgeStudy = (uid: string, slots: readonly Slot[], found: readonly string[], count: number): Finding[] => {
  const expected = slots.filter(({ current }) => current).map(({ identity }) => identity.sopInstanceUid);
  const lost = expected.filter((sop) => !found.includes(sop)).map((sop) => finding('lost', `${sop}: a search of its study ${uid} does not find it.`));
  const unasked = found.filter((sop) => !expected.includes(sop)).map((sop) => finding('unasked', `${sop}: a search of its study ${uid} finds it, and it should not be there.`));
  const twice = found.filter((sop, at) => found.indexOf(sop) !== at).map((sop) => finding('duplicate', `${sop}: a search of its study ${uid} finds it twice.`));
  const counted = count === expected.length ? [] : [finding('altered', `study ${uid}: it is said to have ${count} instances, expected ${expected.length}.`)];
  return [...lost, ...unasked, ...twice, ...counted];
};
