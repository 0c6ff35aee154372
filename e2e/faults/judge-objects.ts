import type { Slot } from '../workload/archive-model.js';
import { finding, type Finding } from '../workload/finding.js';

interface InstanceObject {
  readonly key: string;
  readonly sop: string;
  readonly version: string;
  readonly ending: string;
}

/** Of `partition/study/series/sop_version.ending`; the UIDs of these tests are digits and full stops, which are written as they are. */
const parse = (key: string): InstanceObject | undefined => {
  const match = /^[^/]+\/[^/]+\/[^/]+\/([\d.]+)_([^/_.]+)\.(dcm|metadata|frames)$/.exec(key);
  return match ? { key, sop: match[1]!, version: match[2]!, ending: match[3]! } : undefined;
};

/**
 * Compares the keys of all objects with the instances that are there: each has the one object of its bytes, one of its original when it was updated, and what lies
 * beside them; nothing else is left, but for the journal.
 */
export const judgeObjects = (keys: readonly string[], slots: readonly Slot[]): Finding[] => {
  const objects = keys.filter((key) => !/^journal\/[^/]*\.ndjson$/.test(key)).map((key) => parse(key) ?? { key, sop: '', version: '', ending: '' });
  const bySop = Map.groupBy(objects, ({ sop }) => sop);
  const wrong: Finding[] = [];
  for (const { identity: { sopInstanceUid }, current, original } of slots) {
    const found = bySop.get(sopInstanceUid) ?? [];
    bySop.delete(sopInstanceUid);
    if (!current) {
      wrong.push(...found.map(({ key }) => finding('orphan', `${key}: its instance is not there.`)));
      continue;
    }
    const versions = new Set(found.filter(({ ending }) => ending === 'dcm').map(({ version }) => version));
    if (versions.size === 0) wrong.push(finding('lost', `${sopInstanceUid}: it is there, and its object is not.`));
    // Which of several is the right one is not said by their keys; one is, and its bytes were compared.
    const kept = original && original !== current ? 2 : 1;
    if (versions.size > kept) wrong.push(finding('orphan', `${sopInstanceUid}: it has ${kept === 1 ? 'one version' : 'one version and its original'}, and objects of ${versions.size}.`));
    if (versions.size === 1 && kept === 2) wrong.push(finding('lost', `${sopInstanceUid}: it was updated, and there is the object of one version only.`));
    wrong.push(...found.filter(({ version }) => versions.size > 0 && !versions.has(version)).map(({ key }) => finding('orphan', `${key}: nothing is of its version.`)));
  }
  for (const { key } of [...bySop.values()].flat()) wrong.push(finding('orphan', `${key}: nobody sent its instance.`));
  return wrong;
};
