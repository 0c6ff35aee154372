import type { Decision, RestoreInstance, StoreInstanceBody } from '@isocenter/commands';
import type { InstanceRow, RestorationRow, Write } from '@isocenter/metadata-store';
import { tagValueWrites } from '../query-tags/tag-value-writes.js';
import { takeTagValues, withTagValues } from '../query-tags/take-tag-values.js';
import { instanceRow, isDoomed, metadataRow, putLevels, type Digests, type StoreContext } from './decide-store.js';
import { digestOf } from './level-rows.js';

/**
 * Brings back an instance that was accepted before: its rows become what they were when it was. No change is announced, since
 * the feed has it already. With `ordinals` it comes from the journal, and its restoration goes with it; without, it is made
 * anew in the row that it has.
 */
export async function decideRestore(sent: RestoreInstance, body: StoreInstanceBody, context: StoreContext): Promise<Decision> {
  const { set, partition, tags, store } = context;
  const taken = takeTagValues(sent, body, tags);
  const command = withTagValues(sent, taken);
  const { study, series, sop, version, ordinals } = command;
  const key = { partition, study, series, sop };
  const held = await set.instance(partition, study, series, sop, false);
  if (command.part === 'original') {
    // Before the instance, so that no instance is there without it.
    const awaited = held.row ? held.row.originalVersion : originalOf(await store.findRestoration(partition, study, series, sop));
    const wanted = awaited === version;
    if (wanted) set.writes.push({ op: 'put', table: 'originalMetadata', row: metadataRow(command, partition, body) });
    return { kind: wanted ? 'restored' : 'outdated' };
  }
  const existing = held.row;
  const isThere = existing?.version === version && !(await isDoomed(existing, context));
  // One of a rebuild before may still be in the log: a newer version is awaited since, by its own command.
  const isAwaited = ordinals !== undefined && (await store.findRestoration(partition, study, series, sop))?.version === version;
  if (isAwaited) set.writes.push({ op: 'remove', table: 'restorations', key });
  if (!isThere && (existing || !isAwaited)) return { kind: 'outdated' };
  const digests = { study: digestOf(command.studyAttributes), series: digestOf(command.seriesAttributes) };
  const levelsChanged = existing ? await putSets(command, existing, digests, context) : false;
  held.row = existing ? againAs(existing, command, digests) : await newRow(command, digests, context);
  const values: Write[] = existing && tags.length > 0 ? [{ op: 'removeAll', table: 'tagValues', where: key }] : [];
  set.writes.push({ op: 'put', table: 'instanceMetadata', row: metadataRow(command, partition, body) }, ...values, ...tagValueWrites(tags, 'instance', key, held.row.ordinal, undefined, taken.instance));
  return { kind: 'restored', ...(levelsChanged && { levelsChanged }) };
}

function originalOf(restoration: RestorationRow | undefined): string | undefined {
  return restoration && (JSON.parse(restoration.facts) as { original?: { version: string } }).original?.version;
}

/** Counted in study and series, which get the orders of store that they had. */
async function newRow(command: RestoreInstance, digests: Digests, context: StoreContext): Promise<InstanceRow> {
  const { set, partition } = context;
  const { updateId = null, original } = command;
  const [study, series, ordinal] = command.ordinals as [number, number, number];
  set.ordinals.passOver(Math.max(study, series, ordinal));
  await putLevels(command, undefined, digests, { ...context, ordinals: { study, series } });
  return {
    ...instanceRow(command, partition, ordinal, digests), updateId,
    originalVersion: original?.version ?? null, originalObjectKey: original?.objectKey ?? null, originalSize: original?.size ?? null, originalSha256: original?.sha256 ?? null,
  };
}

function againAs(existing: InstanceRow, command: RestoreInstance, digests: Digests): InstanceRow {
  const { updateId, originalVersion, originalObjectKey, originalSize, originalSha256, storedBy, storedAt } = existing;
  return { ...instanceRow(command, existing.partition, existing.ordinal, digests), updateId, originalVersion, originalObjectKey, originalSize, originalSha256, storedBy, storedAt };
}

/** True when study or series are to be made anew of what their instances bring: another release may read more of an object. */
async function putSets(command: RestoreInstance, { partition, study, studySet, seriesSet }: InstanceRow, digests: Digests, { set }: StoreContext): Promise<boolean> {
  // The same ones may be lost.
  await set.putAttributeSet(partition, study, digests.study, JSON.stringify(command.studyAttributes));
  await set.putAttributeSet(partition, study, digests.series, JSON.stringify(command.seriesAttributes));
  return digests.study !== studySet || digests.series !== seriesSet;
}
