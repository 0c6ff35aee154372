import { BadRequest, type RequestContext } from '@isocenter/http';
import type { MetadataStore } from '@isocenter/metadata-store';

/** Key of the request's partition; 400 in the Azure dialect's words when no instance was ever stored there. */
export async function findPartitionKey(store: MetadataStore, { partition }: RequestContext): Promise<number> {
  const found = await store.findPartition(partition);
  if (!found) throw new BadRequest(`Specified PartitionName ${partition} does not exist.`);
  return found.key;
}
