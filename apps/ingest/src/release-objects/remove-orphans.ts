import { decodeDecision, insertDecision } from '@isocenter/commands';
import type { InstanceVersion, MetadataStore } from '@isocenter/metadata-store';
import { parseInstanceKey, type ObjectStore } from '@isocenter/object-store';

/** A version of which there are objects. */
export interface StoredVersion extends InstanceVersion {
  readonly keys: string[];
}

/** Removes those of the objects that belong to a version which was never accepted, and never will be. Resolves with the keys that went. */
export async function removeOrphans(keys: readonly string[], store: MetadataStore, objects: ObjectStore): Promise<string[]> {
  const orphans: string[] = [];
  for (const { version, keys: itsKeys } of await findUnknown(keys, store)) {
    if (await refuse(version, store)) orphans.push(...itsKeys);
  }
  await objects.remove(orphans);
  return orphans;
}

/** Those versions of the objects that neither a row nor a change knows. */
export async function findUnknown(keys: readonly string[], store: MetadataStore): Promise<StoredVersion[]> {
  const versions = await versionsOf(keys, store);
  const known = await store.findKnownVersions(versions);
  return versions.filter(({ version }) => !known.has(version));
}

/** What is no object of an instance is nobody's to remove here. */
export async function versionsOf(keys: readonly string[], store: MetadataStore): Promise<StoredVersion[]> {
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
export async function refuse(version: string, store: MetadataStore): Promise<boolean> {
  if ((await store.commit({ writes: [insertDecision(version, { kind: 'void' })] })).committed) return true;
  const [row] = await store.findDecisions([version]);
  if (!row) return false;
  const { kind } = decodeDecision(row.decision);
  return kind !== 'created' && kind !== 'replaced' && kind !== 'updated';
}
