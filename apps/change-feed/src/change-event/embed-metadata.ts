import { metadataView } from '@isocenter/http';
import type { MetadataStore, NumberedChange } from '@isocenter/metadata-store';
import { inlineOrObject, ObjectNotFoundError, type ObjectStore } from '@isocenter/object-store';

/** Largest stored DICOM JSON that an event carries: a record must stay below what brokers take by default, 1 MiB. */
const MAX_BYTES = 512 * 1024;

/** DICOM JSON of the version that a change made, as `/v2` shows it; undefined when that version is no more, or when it is too large for a record. */
export async function readMetadata(change: NumberedChange, store: MetadataStore, objects: ObjectStore): Promise<Buffer | undefined> {
  if (change.action === 'delete' || change.currentVersion !== change.version) return undefined;
  const row = await store.findInstanceMetadata(change.partition, change.study, change.series, change.sop);
  if (row?.version !== change.version) return undefined;
  try {
    if (row.metadataKey !== null && (await objects.stat(row.metadataKey)).size > MAX_BYTES) return undefined;
    const json = await inlineOrObject(objects, row.metadata, row.metadataKey);
    return Buffer.concat(metadataView({ dialect: 'azure-v2', baseUrl: '' }, row, json));
  } catch (error) {
    // Replaced or deleted meanwhile: its own event follows.
    if (error instanceof ObjectNotFoundError) return undefined;
    throw error;
  }
}
