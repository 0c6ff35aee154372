import type { Decision, StoreInstanceBody, UpdateInstance } from '@isocenter/commands';
import type { InstanceRow } from '@isocenter/metadata-store';
import { takeTagValues, withTagValues } from '../query-tags/take-tag-values.js';
import { announceVersion, instanceRow, instanceTagWrites, isDoomed, metadataRow, putLevels, reject, type StoreContext } from './decide-store.js';
import { removeObjects } from './due-work.js';
import { digestOf } from './level-rows.js';

/**
 * What an operation made of an instance takes its place, when that is still what it was made from. What was sent first is
 * kept beside it; a version between the two goes.
 *
 * Attributes of study and series that the update made empty go when the operation refreshes them: to look at all of the
 * study's sets for each of its instances would cost more than all else.
 */
export async function decideUpdate(sent: UpdateInstance, body: StoreInstanceBody, context: StoreContext): Promise<Decision> {
  const { store, set, partition, graceMs } = context;
  const taken = takeTagValues(sent, body, context.tags);
  const command = withTagValues(sent, taken);
  const { study, series, sop } = command;
  const held = await set.instance(partition, study, series, sop, false);
  const existing = held.row;
  if (existing?.version !== command.baseVersion || (await isDoomed(existing, context))) return reject(command, context, { kind: 'outdated' });
  const digests = { study: digestOf(command.studyAttributes), series: digestOf(command.seriesAttributes) };
  await putLevels(command, existing, digests, context);
  set.markTouched(partition, study);
  if (existing.originalVersion === null) {
    const metadata = await store.findInstanceMetadata(partition, study, series, sop);
    if (metadata?.version !== existing.version) throw new Error(`Metadata of an instance of partition ${partition} are of another version than its row.`);
    set.writes.push({ op: 'put', table: 'originalMetadata', row: metadata });
  } else {
    set.writes.push(removeObjects(existing, graceMs));
  }
  held.row = { ...instanceRow(command, partition, existing.ordinal, digests), updateId: command.updateId, ...originalOf(existing) };
  set.writes.push({ op: 'put', table: 'instanceMetadata', row: metadataRow(command, partition, body) }, ...instanceTagWrites(held.row, existing, taken, context));
  await announceVersion('update', command, held.row, existing, context);
  return { kind: 'updated', version: command.version };
}

function originalOf(row: InstanceRow): Pick<InstanceRow, 'originalVersion' | 'originalObjectKey' | 'originalSize' | 'originalSha256'> {
  const { originalVersion, originalObjectKey, originalSize, originalSha256, version, objectKey, size, sha256 } = row;
  if (originalVersion !== null) return { originalVersion, originalObjectKey, originalSize, originalSha256 };
  return { originalVersion: version, originalObjectKey: objectKey, originalSize: size, originalSha256: sha256 };
}
