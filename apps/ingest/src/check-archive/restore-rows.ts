import type { ChangeRow, InstanceRow } from '@isocenter/metadata-store';
import { restorableOf } from '../rebuild-index/derive-instances.js';
import { restoreVersions, type Restorable } from '../rebuild-index/restore-versions.js';
import { factsOf } from '../rebuild-index/version-facts.js';
import type { CheckContext } from './check-archive.js';

/** The metadata of an instance, made again of its object as a rebuild does. True when they are there. */
export async function restoreMetadata(partition: string, row: InstanceRow, context: CheckContext): Promise<boolean> {
  return restore(restorableOf(row, partition), context);
}

/**
 * The row of a version that was stored, made again of its object and its change. True when it is there; the counts of its study
 * are mended with the study. One that a bulk update made had an original, of which this change does not tell.
 */
export async function restoreRow(partition: string, { action, sequence, version, partition: key, study, series, sop, timestamp, decidedAt, detail }: ChangeRow, context: CheckContext): Promise<boolean> {
  const { store } = context.ports;
  const facts = action !== 'create' ? undefined : factsOf({ kind: 'change', sequence: sequence!, timestamp: timestamp!, partition, study, series, sop, version, action, decidedAt, detail: JSON.parse(detail) as object });
  if (!facts) return false;
  const place = { partition: key, study, series, sop };
  // The writer makes a row where one is to be brought back, and nowhere else.
  await store.commit({ writes: [{ op: 'put', table: 'restorations', row: { ...place, sequence: sequence!, version, facts: JSON.stringify(facts) } }] });
  const isThere = await restore({ partition, latest: { study, series, sop, version, ...facts } }, context);
  if (!isThere) await store.commit({ writes: [{ op: 'remove', table: 'restorations', key: place }] });
  return isThere;
}

async function restore(instance: Restorable, { ports, options, operation, signal }: CheckContext): Promise<boolean> {
  const outcomes = await restoreVersions([instance], { ports, options, operation: { id: operation }, signal });
  if (!outcomes) throw signal.reason as Error;
  return outcomes[0]!.kind === 'restored';
}
