import type { Command } from '@isocenter/commands';
import type { MetadataStore, RebuildState } from '@isocenter/metadata-store';

/** Whether a client's command is about a study that a rebuild has yet to bring back. What it would decide on is not there (DESIGN §3.7). */
export async function awaitsRebuild({ deadline, partition, study }: Command, rebuild: RebuildState, store: MetadataStore): Promise<boolean> {
  if (deadline === undefined || rebuild === '' || rebuild === 'deriving') return false;
  if (rebuild !== 'restoring') return true;
  const found = await store.findPartition(partition);
  return found !== undefined && (await store.listRestorations({ partition: found.key, study }, 1)).length > 0;
}
