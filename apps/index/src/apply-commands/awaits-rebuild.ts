import type { Command } from '@isocenter/commands';
import { REBUILD, type MetadataStore, type RebuildState } from '@isocenter/metadata-store';

/** Whether a client's command is about a study that a rebuild has yet to bring back. What it would decide on is not there (DESIGN §3.7). */
export async function awaitsRebuild({ deadline, partition, study }: Command, rebuild: RebuildState, store: MetadataStore): Promise<boolean> {
  return deadline !== undefined && isAwaited({ partition, study }, rebuild, store);
}

/** The same of what a request names, asked of the store. */
export async function isYetToBeRebuilt(of: Pick<Command, 'partition' | 'study'>, store: MetadataStore): Promise<boolean> {
  return isAwaited(of, ((await store.readCursor(REBUILD))?.detail ?? '') as RebuildState, store);
}

async function isAwaited({ partition, study }: Pick<Command, 'partition' | 'study'>, rebuild: RebuildState, store: MetadataStore): Promise<boolean> {
  if (rebuild === '' || rebuild === 'deriving') return false;
  if (rebuild !== 'restoring') return true;
  const found = await store.findPartition(partition);
  return found !== undefined && (await store.listRestorations({ partition: found.key, study }, 1)).length > 0;
}
