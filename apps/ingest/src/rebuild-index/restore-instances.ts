import { uuidv7 } from '@isocenter/commands';
import type { PartitionRow, RestorationRow, Write } from '@isocenter/metadata-store';
import { addRestored } from './add-restored.js';
import type { PhaseStep, RebuildContext } from './rebuild-context.js';
import { restoreVersions, type Restorable } from './restore-versions.js';
import type { RestorationFacts } from './version-facts.js';

/** Instances that one step takes. */
const PAGE = 64;

/**
 * Brings back what the journal left, study by study, each in the order in which its instances were stored. What is brought
 * back is no restoration any more, so the next step finds what is left, and its study accepts writes when there is nothing.
 */
export const restoreInstances: PhaseStep = async (progress, context) => {
  const { store } = context.ports;
  const rows = await store.listRestorations(undefined, PAGE);
  if (rows.length === 0) return { phase: 'settle', place: undefined };
  const partitions = new Map((await store.listPartitions(0)).map((partition) => [partition.key, partition]));
  const instances = rows.map((row) => restorableOf(row, partitions));
  const outcomes = await restoreVersions(instances, context);
  if (!outcomes) return undefined;
  // Nobody else takes those away of which nothing could be made.
  const writes = rows.flatMap(({ partition, study, series, sop }, at): Write[] => (outcomes[at]!.kind === 'failed' ? [{ op: 'remove', table: 'restorations', key: { partition, study, series, sop } }] : []));
  if (writes.length > 0) await store.commit({ writes });
  await refreshStudies(instances.filter(({ latest }, at) => latest.original !== undefined || outcomes[at]!.levelsChanged).map(studyOf), context);
  const added = addRestored(progress, instances, outcomes);
  // Each change leaves one instance at most.
  return { ...added, percent: 5 + Math.min(85, (85 * added.instances) / Math.max(1, progress.changes)) };
};

function restorableOf({ partition, study, series, sop, version, facts }: RestorationRow, partitions: ReadonlyMap<number, PartitionRow>): Restorable {
  return { partition: partitions.get(partition)!.name, latest: { study, series, sop, version, ...(JSON.parse(facts) as RestorationFacts) } };
}

export interface StudyName {
  readonly partition: string;
  readonly study: string;
}

export function studyOf({ partition, latest: { study } }: Restorable): StudyName {
  return { partition, study };
}

/** At the end of an update studies and series are made of what their instances bring; so they are here. */
export async function refreshStudies(of: readonly StudyName[], { ports }: Pick<RebuildContext, 'ports'>): Promise<void> {
  const studies = new Map(of.map((one) => [`${one.partition}/${one.study}`, one]));
  await ports.commands.askAll([...studies.values()].map((one) => ({ command: { type: 'refresh-levels', id: uuidv7(), ...one }, body: undefined })));
}
