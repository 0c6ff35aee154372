import type { Command } from '@isocenter/commands';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { WorkingSet } from './working-set.js';

/**
 * Key of the command's partition. The first store into a partition makes it, in the same transaction; undefined: it does
 * not exist and the command does not make it. 'wait': another command of this transaction makes a partition, and two
 * would get one key.
 */
export async function findOrMakePartition(command: Command, store: MetadataStore, set: WorkingSet): Promise<number | undefined | 'wait'> {
  const found = await store.findPartition(command.partition);
  if (found) return found.key;
  const made = set.newPartition;
  if (made) return made.name === command.partition ? made.key : 'wait';
  if (command.type !== 'store-instance') return undefined;
  const all = await store.listPartitions(0);
  const key = Math.max(0, ...all.map((partition) => partition.key)) + 1;
  const row = { key, name: command.partition, createdAt: new Date().toISOString() };
  set.newPartition = row;
  set.writes.push({ op: 'insert', table: 'partitions', row });
  return key;
}
