import { insertDecision, type Decision, type DeleteInstances } from '@isocenter/commands';
import type { InstanceRow, MetadataStore, SeriesRow } from '@isocenter/metadata-store';
import type { StoreContext } from './decide-store.js';
import { removeVersions, sendCommand } from './due-work.js';
import { removeTagValues } from '../query-tags/tag-value-writes.js';
import { kindOfInstance } from './kind-of-instance.js';
import { nameWordWrites, studyAttributes } from './level-rows.js';
import { modalitiesOf } from './modalities.js';
import { recomputeSeries, recomputeStudy } from './recompute-levels.js';

/** Instances that one transaction removes at most. */
export const DELETE_CHUNK = 500;

/**
 * Removes what was stored before the command, a chunk a transaction. When more chunks follow, the command's own decision
 * is `deleting`, and the last chunk adds the decision `{id}/end`. The study is not touched by another command of the same
 * transaction: WorkingSet sees to that.
 */
export async function decideDelete(command: DeleteInstances, context: StoreContext): Promise<Decision> {
  const { store, set, partition } = context;
  const { study, series, sop, chunkOf } = command;
  const belowOrdinal = chunkOf?.belowOrdinal ?? set.ordinals.next();
  const found = await store.listInstances({ partition, study, series, sop }, { belowOrdinal, limit: DELETE_CHUNK + 1 });
  const chunk = found.slice(0, DELETE_CHUNK);
  const deleted = (chunkOf?.deleted ?? 0) + chunk.length;
  if (chunk.length > 0) {
    set.markOutdated(partition, study);
    await removeChunk(command, chunk, context);
  }
  const decision: Decision = deleted > 0 ? { kind: 'deleted', count: deleted } : { kind: 'not-found' };
  if (found.length > DELETE_CHUNK) {
    const root = chunkOf ?? { id: command.id, asker: command.asker, belowOrdinal, chunk: 0 };
    set.writes.push({ op: 'put', table: 'dooms', row: { id: root.id, partition, study, series: series ?? '', sop: sop ?? '', belowOrdinal } });
    set.writes.push(sendCommand({
      type: 'delete-instances', id: `${root.id}/${root.chunk + 1}`, partition: command.partition, study, series, sop, deletedBy: command.deletedBy,
      chunkOf: { ...root, chunk: root.chunk + 1, deleted },
    }, context.traceparent));
    return { kind: 'deleting' };
  }
  if (chunkOf) set.writes.push({ op: 'remove', table: 'dooms', key: { id: chunkOf.id } }, insertDecision(`${chunkOf.id}/end`, decision));
  return decision;
}

async function removeChunk(command: DeleteInstances, chunk: readonly InstanceRow[], context: StoreContext): Promise<void> {
  const { set, graceMs, announce, tags } = context;
  const modalities = new Map((await set.listSeries(context.partition, command.study)).map(({ series, modality }) => [series, modality]));
  for (const row of chunk) {
    const { partition, study, series, sop, sopClass, version } = row;
    set.writes.push(
      { op: 'remove', table: 'instances', key: { partition, study, series, sop } },
      { op: 'remove', table: 'instanceMetadata', key: { partition, study, series, sop } },
      ...removeVersions(row, graceMs), ...removeTagValues(tags, { partition, study, series, sop }),
    );
    announce({ action: 'delete', series, sop, version, detail: { ...kindOfInstance(sopClass, modalities.get(series)), deletedBy: command.deletedBy } });
  }
  await updateLevels(command, chunk, context);
}

/** Counts, modalities and attributes from what remains. */
async function updateLevels(command: DeleteInstances, chunk: readonly InstanceRow[], context: StoreContext): Promise<void> {
  const { store, set, partition } = context;
  const { study } = command;
  const without = { series: command.series, sop: command.sop, upToOrdinal: chunk.at(-1)!.ordinal };
  const heldStudy = await set.study(partition, study);
  if (!heldStudy.row) throw new Error(`Study of partition ${partition} has instances but no row.`);
  const remaining = heldStudy.row.instanceCount - chunk.length;
  if (remaining === 0) {
    set.writes.push(...nameWordWrites(partition, study, heldStudy.row.ordinal, studyAttributes(heldStudy.row), undefined));
    set.writes.push({ op: 'removeAll', table: 'attributeSets', where: { partition, study } }, { op: 'removeAll', table: 'series', where: { partition, study } });
    if (context.tags.length > 0) set.writes.push({ op: 'removeAll', table: 'tagValues', where: { partition, study } });
    heldStudy.row = undefined;
    return;
  }
  const series = await remainingSeries(store, chunk, context, without);
  const row = await recomputeStudy(context, heldStudy.row, without);
  heldStudy.row = { ...row, instanceCount: remaining, seriesCount: series.length, modalities: modalitiesOf(series) };
}

async function remainingSeries(store: MetadataStore, chunk: readonly InstanceRow[], context: StoreContext, without: { series?: string; sop?: string; upToOrdinal: number }): Promise<SeriesRow[]> {
  const { set, partition } = context;
  const study = chunk[0]!.study;
  const removed = Map.groupBy(chunk, ({ series }) => series);
  const remaining: SeriesRow[] = [];
  for (const stored of await store.listSeries(partition, study)) {
    const gone = removed.get(stored.series)?.length ?? 0;
    if (gone === 0) {
      remaining.push(stored);
      continue;
    }
    const held = await set.series(partition, study, stored.series);
    held.row = stored.instanceCount === gone ? undefined : { ...(await recomputeSeries(context, stored, without)), instanceCount: stored.instanceCount - gone };
    if (held.row) remaining.push(held.row);
    else set.writes.push(...removeTagValues(context.tags, { partition, study, series: stored.series, sop: '' }));
  }
  return remaining;
}
