import { ServiceUnavailable } from '@isocenter/http';
import { REBUILD, type MetadataStore } from '@isocenter/metadata-store';

/** Throws ServiceUnavailable while changes or the instances that they are about are yet to come back: an entry would say of an instance that it is deleted. */
export async function requireWholeFeed(store: MetadataStore): Promise<void> {
  const rebuild = await store.readCursor(REBUILD);
  if (!rebuild || rebuild.detail === '' || rebuild.detail === 'deriving') return;
  throw new ServiceUnavailable('The change feed is to be rebuilt, and not all of it is there yet. Repeat the request later.', 30);
}
