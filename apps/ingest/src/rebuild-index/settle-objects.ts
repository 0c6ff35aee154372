import { parseInstanceKey, type ListedObject, type ObjectStore } from '@isocenter/object-store';
import { listPage } from '../list-page.js';
import { refuse, versionsOf, type StoredVersion } from '../release-objects/remove-orphans.js';
import { describeObject } from './describe-object.js';
import { moveObject, QUARANTINE, UNDECIDED } from './move-object.js';
import type { PhaseStep, RebuildContext } from './rebuild-context.js';
import { MOST_TOLD, type RebuildProgress } from './rebuild-progress.js';

/** Objects that are listed and looked up together. */
const PAGE = 1_000;

/**
 * What the journal does not know is never brought back by itself. An instance whose object was not older at the journal's end
 * than what the sweep leaves alone may have been accepted: it is kept for a person to decide. All else is put where nobody
 * reads it. First the fate of the command that it may have is settled. Objects that were written since the rebuild began are
 * of uploads of now, and left to them and to the sweep.
 */
export const settleObjects: PhaseStep = async (progress, context) => {
  const { store, objects } = context.ports;
  const after = (progress.place as string | undefined) ?? '';
  const page = await listPage(objects, PAGE, { after });
  const versions = await versionsOf(page.map(({ key }) => key), store);
  const known = await store.findKnownVersions(versions);
  const listed = new Map(page.map((object) => [object.key, object]));
  let { quarantined } = progress;
  for (const version of versions) {
    if (context.signal.aborted) return undefined;
    const of = version.keys.map((key) => listed.get(key)!);
    if (known.has(version.version) || of.some(({ modified }) => modified.getTime() > progress.begunAt) || !(await refuse(version.version, store))) continue;
    const object = of.find(({ key }) => key.endsWith('.dcm'));
    if (object && (await mayBeAccepted(object, version, progress, context))) {
      await moveObject(objects, object.key, `${UNDECIDED}${object.key}`);
      await objects.remove(version.keys);
    } else {
      for (const key of version.keys) await moveObject(objects, key, `${QUARANTINE}${key}`);
      quarantined += version.keys.length;
    }
  }
  if (page.length === PAGE) return { quarantined, place: page.at(-1)!.key, percent: 92 };
  return { quarantined, ...(await listUndecided(objects)), phase: 'digest', place: undefined };
};

/** Also those of a rebuild before, about whom nobody has decided. */
async function listUndecided(objects: ObjectStore): Promise<Pick<RebuildProgress, 'undecided' | 'undecidedInstances'>> {
  let undecided = 0;
  const undecidedInstances: string[] = [];
  for await (const { key, size } of objects.list(UNDECIDED)) {
    undecided += 1;
    const of = parseInstanceKey(key.slice(UNDECIDED.length));
    if (of && undecidedInstances.length < MOST_TOLD) undecidedInstances.push(`${of.studyInstanceUid}/${of.seriesInstanceUid}/${of.sopInstanceUid}: ${size} bytes`);
  }
  return { undecided, undecidedInstances };
}

/** Changes get their numbers in about the order in which they were decided, and not while there is a backlog: so the time is that of the sweep. In a place that a newer version has, it was replaced. */
async function mayBeAccepted({ key, size, modified }: ListedObject, version: StoredVersion, { journalEndedAt }: RebuildProgress, { ports, options }: RebuildContext): Promise<boolean> {
  if (modified.getTime() < journalEndedAt - Math.max(options.graceMs, 2 * options.deadlineMs)) return false;
  const now = await ports.store.findInstance(version.partition, version.study, version.series, version.sop);
  if (now && now.version > version.version) return false;
  const asked = { type: 'store-instance' as const, id: version.version, partition: parseInstanceKey(key)!.partition, mode: 'create' as const, storedBy: '' };
  return typeof (await describeObject(asked, { ...version, objectKey: key, size }, ports.objects, options)) !== 'string';
}
