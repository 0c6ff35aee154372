import { FEED_LAST, type InstanceRow, type MetadataStore } from '@isocenter/metadata-store';
import { FIRST_PLACE, listInstancePages, type InstancePlace } from '../check-archive/list-instance-pages.js';
import { addRestored } from './add-restored.js';
import type { PhaseStep } from './rebuild-context.js';
import { refreshStudies, studyOf, type StudyName } from './restore-instances.js';
import { restoreVersions, type Restorable } from './restore-versions.js';

/** Instances that one step takes at least. */
const PAGE = 64;
/** A step is followed by a rest of so many times its length: what else the archive does comes first. */
const REST = 1;

interface DerivePlace {
  readonly next: InstancePlace;
  /** Studies whose instances bring something else than before. */
  readonly stale: readonly StudyName[];
}

/** Makes the rows of all instances anew from their objects, each in its place: readers see either, and writers are not kept waiting. */
export const deriveInstances: PhaseStep = async (progress, context) => {
  const { store } = context.ports;
  const began = performance.now();
  const place = (progress.place as DerivePlace | undefined) ?? { next: FIRST_PLACE, stale: [] };
  const { instances, next, finished } = await takePage(store, place.next);
  const outcomes = await restoreVersions(instances, context);
  if (!outcomes) return undefined;
  const stale = [...place.stale, ...instances.filter((_one, at) => outcomes[at]!.levelsChanged).map(studyOf)];
  const over = stale.filter(({ partition, study }) => finished.has(`${partition}/${study}`));
  await refreshStudies(over, context);
  const left = stale.filter((one) => !over.includes(one)).filter((one, at, all) => all.findIndex(({ partition, study }) => partition === one.partition && study === one.study) === at);
  const added = addRestored(progress, instances, outcomes);
  // As good as any number of instances that nobody has counted: each change leaves one at most.
  const changes = (await store.readCursor(FEED_LAST))?.position ?? 0;
  const percent = Math.min(90, (90 * added.instances) / Math.max(1, changes));
  return next ? { ...added, place: { next, stale: left } satisfies DerivePlace, percent, waitMs: REST * (performance.now() - began) } : { ...added, phase: 'digest', place: undefined };
};

async function takePage(store: MetadataStore, from: InstancePlace): Promise<{ instances: Restorable[]; next: InstancePlace | undefined; finished: Set<string> }> {
  const instances: Restorable[] = [];
  const finished = new Set<string>();
  for await (const { partition, study, rows, last, next } of listInstancePages(store, from)) {
    instances.push(...rows.map((row) => restorableOf(row, partition.name)));
    if (last) finished.add(`${partition.name}/${study}`);
    if (instances.length >= PAGE) return { instances, next, finished };
  }
  return { instances, next: undefined, finished };
}

export function restorableOf({ study, series, sop, version, objectKey, size, sha256, storedBy, storedAt, originalVersion, originalObjectKey, originalSize, originalSha256 }: InstanceRow, partition: string): Restorable {
  const original = originalVersion === null ? undefined : { version: originalVersion, objectKey: originalObjectKey!, size: originalSize!, sha256: originalSha256! };
  return { partition, latest: { study, series, sop, version, objectKey, size, sha256, storedBy, storedAt, original } };
}
