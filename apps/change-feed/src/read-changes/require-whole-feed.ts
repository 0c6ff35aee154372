import { ServiceUnavailable } from '@isocenter/http';
import { isBroughtBack } from '@isocenter/journal';
import { REBUILD, type MetadataStore } from '@isocenter/metadata-store';

/** Throws ServiceUnavailable while changes or the instances that they are about are yet to come back: an entry would say of an instance that it is deleted. */
export async function requireWholeFeed(store: MetadataStore): Promise<void> {
  if (isBroughtBack(await store.readCursor(REBUILD))) throw new ServiceUnavailable('The change feed is to be rebuilt, and not all of it is there yet. Repeat the request later.', 30);
}
