import { FEED_JOURNAL, FEED_LAST, type MetadataStore } from '@isocenter/metadata-store';
import { beforeSegmentsFrom, JOURNAL_PREFIX, parseSegmentKey, type ObjectStore } from '@isocenter/object-store';

/** The journal tells of changes that the metadata do not have: they were brought back from an older copy. */
export class MetadataLostError extends Error {
  override readonly name = 'MetadataLostError';
  constructor(last: number, journaled: number) {
    super(`The journal tells of changes up to ${journaled}, and the metadata know them up to ${last}: rows were lost, so that nothing proves an object unneeded. No object is removed until they are rebuilt.`);
  }
}

/**
 * Throws MetadataLostError when absence from the metadata proves nothing (DESIGN §3.7). The segments that belong to rows
 * which were lost lie behind the last one that the rows know, since each begins where the one before it ends.
 */
export async function requireWholeMetadata(store: MetadataStore, objects: ObjectStore): Promise<void> {
  // Before the list: the journal only ever tells of what has its number.
  const [journaled, last] = await Promise.all([FEED_JOURNAL, FEED_LAST].map(async (name) => (await store.readCursor(name))?.position ?? 0)) as [number, number];
  for await (const { key } of objects.list(JOURNAL_PREFIX, beforeSegmentsFrom(journaled + 1))) {
    const segment = parseSegmentKey(key);
    if (!segment || segment.last <= last) continue;
    const now = (await store.readCursor(FEED_LAST))?.position ?? 0;
    if (segment.last > now) throw new MetadataLostError(now, segment.last);
  }
}
