import { changeLine, partitionLine } from '@isocenter/journal';
import type { MetadataStore, NumberedChange } from '@isocenter/metadata-store';
import { ObjectExistsError, segmentKey, type ObjectStore, type SegmentRange } from '@isocenter/object-store';

/** Changes of one segment at most, as the journal has them. */
const SEGMENT_CHANGES = 5_000;

/** Whether the feed has every change of the range. */
export async function isComplete({ first, last }: SegmentRange, store: MetadataStore): Promise<boolean> {
  for (let after = first - 1; after < last; after += SEGMENT_CHANGES) {
    const upTo = Math.min(last, after + SEGMENT_CHANGES);
    if ((await store.listChanges({ after, upTo, limit: SEGMENT_CHANGES })).length !== upTo - after) return false;
  }
  return true;
}

/** Writes the segments of a range that the feed has. Which partitions stood in them nobody knows any more: all of now do, since one may be told twice. */
export async function writeSegments({ first, last }: SegmentRange, { store, objects }: { readonly store: MetadataStore; readonly objects: ObjectStore }): Promise<void> {
  const partitions = (await store.listPartitions(0)).map(partitionLine);
  for (let after = first - 1; after < last; after += SEGMENT_CHANGES) {
    const upTo = Math.min(last, after + SEGMENT_CHANGES);
    const changes: NumberedChange[] = await store.listChanges({ after, upTo, limit: SEGMENT_CHANGES });
    const lines = [...partitions, ...changes.map(changeLine)];
    await objects.put(segmentKey({ first: after + 1, last: upTo }), Buffer.from(`${lines.join('\n')}\n`)).catch((error: unknown) => {
      if (!(error instanceof ObjectExistsError)) throw error;
    });
  }
}
