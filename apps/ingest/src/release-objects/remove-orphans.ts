import { decodeDecision, insertDecision } from '@isocenter/commands';
import type { InstanceVersion, MetadataStore } from '@isocenter/metadata-store';
import { parseInstanceKey, type ObjectStore } from '@isocenter/object-store';

interface StoredVersion extends InstanceVersion {
  readonly keys: string[];
}

/** Removes those of the objects that belong to a version which was never accepted, and never will be. Resolves with how many. */
export async function removeOrphans(keys: readonly string[], store: MetadataStore, objects: ObjectStore): Promise<number> {
  const versions = await versionsOf(keys, store);
  const known = await store.findKnownVersions(versions);
  const orphans: string[] = [];
  for (const { version, keys: itsKeys } of versions) {
    if (!known.has(version) && (await refuse(version, store))) orphans.push(...itsKeys);
  }
  await objects.remove(orphans);
  return orphans.length;
}

/** What is no object of an instance is nobody's to remove here. */
async function versionsOf(keys: readonly string[], store: MetadataStore): Promise<StoredVersion[]> {
  const versions = new Map<string, StoredVersion>();
  for (const key of keys) {
    const of = parseInstanceKey(key);
    if (!of) continue;
    const found = versions.get(of.version);
    if (found) found.keys.push(key);
    else versions.set(of.version, { partition: (await store.findPartition(of.partition))?.key ?? 0, study: of.studyInstanceUid, series: of.seriesInstanceUid, sop: of.sopInstanceUid, version: of.version, keys: [key] });
  }
  return [...versions.values()];
}

/**
 * True: no row will ever refer to the version. Its uploader may be paused between the object and the command, however long;
 * the command of a version has its id, so the first decision settles it for both (DESIGN §3.5).
 */
async function refuse(version: string, store: MetadataStore): Promise<boolean> {
  if ((await store.commit({ writes: [insertDecision(version, { kind: 'void' })] })).committed) return true;
  const [row] = await store.findDecisions([version]);
  if (!row) return false;
  const { kind } = decodeDecision(row.decision);
  return kind !== 'created' && kind !== 'replaced' && kind !== 'updated';
}
