import type { RequestContext } from './context.js';
import { BadRequest } from './errors/http-errors.js';

interface PartitionLookup {
  findPartition(name: string): Promise<{ readonly key: number } | undefined>;
}

/** Key of the request's partition; 400 in the Azure dialect's words when nothing was ever stored there. */
export async function requirePartition(lookup: PartitionLookup, { partition }: RequestContext): Promise<number> {
  const found = await lookup.findPartition(partition);
  if (!found) throw new BadRequest(`Specified PartitionName ${partition} does not exist.`);
  return found.key;
}
