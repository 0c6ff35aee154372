import { FEED_JOURNAL, FEED_LAST, FEED_PUBLISHED, type MetadataStore } from '@isocenter/metadata-store';
import type { Backlog } from '../metrics.js';

/** How far each consumer of the changes is behind. Those who are behind are read first, so that nothing is shown that is not so. */
export async function measureBacklog(store: MetadataStore, now: number): Promise<Backlog> {
  const [oldest] = await store.listUnnumberedChanges(1);
  const position = async (name: string): Promise<number> => (await store.readCursor(name))?.position ?? 0;
  const [published, journaled] = await Promise.all([position(FEED_PUBLISHED), position(FEED_JOURNAL)]);
  const last = await position(FEED_LAST);
  return { unnumberedSeconds: oldest ? Math.max(0, now - oldest.decidedAt) / 1000 : 0, unpublished: last - published, unjournaled: last - journaled };
}
