import { requireNothingLost, tagSetKey, writeTagSet } from '@isocenter/journal';
import { FEED_TAGS, moveCursor, QUERY_TAG_NUMBERS, type MetadataStore } from '@isocenter/metadata-store';
import { ObjectExistsError, type ObjectStore } from '@isocenter/object-store';

/**
 * Keeps the extended query tags in an object when they are others than in the last one. Of two replicas one writes it; the
 * other finds it there, and looks again what it says. False: they are what they were.
 */
export async function writeQueryTags(store: MetadataStore, objects: ObjectStore): Promise<boolean> {
  const [row, numbers, tags] = await Promise.all([store.readCursor(FEED_TAGS), store.readCursor(QUERY_TAG_NUMBERS), store.listQueryTags()]);
  if (!row && !numbers) return false;
  const { bytes, digest } = writeTagSet({ given: numbers?.position ?? 0, tags });
  if (row?.detail === digest) return false;
  // A store that lost them has none to keep.
  await requireNothingLost(store, objects);
  const number = (row?.position ?? 0) + 1;
  const written = await objects.put(tagSetKey(number), bytes).then(() => true, (error: unknown) => {
    if (error instanceof ObjectExistsError) return false;
    throw error;
  });
  await store.commit({ writes: [moveCursor(FEED_TAGS, row, number, written ? digest : '')] });
  return true;
}
