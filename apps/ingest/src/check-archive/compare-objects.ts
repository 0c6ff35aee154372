import { parseInstanceKey, type ListedObject } from '@isocenter/object-store';
import { listPage } from '../list-page.js';
import { findUnknown, removeOrphans } from '../release-objects/remove-orphans.js';
import type { CheckContext, Compared } from './check-archive.js';
import { finding, type Finding } from './finding.js';

export interface ObjectPlace {
  /** The last key that was looked at. */
  readonly after: string;
}

/** Objects that are looked up together. */
const PAGE = 1_000;

/** Every object of an instance: whether a row or a change knows its version. What is young may belong to a store under way. */
export async function compareObjects(context: CheckContext, place: ObjectPlace = { after: '' }): Promise<Compared<ObjectPlace>> {
  const findings: Finding[] = [];
  let [count, after] = [0, place.after];
  for (;;) {
    const page = await listPage(context.ports.objects, PAGE, { after });
    findings.push(...(await comparePage(page, context)));
    count += page.length;
    if (page.length < PAGE) return { findings, count };
    after = page.at(-1)!.key;
    if (context.isOver() || context.signal.aborted) return { findings, count, next: { after } };
  }
}

async function comparePage(page: readonly ListedObject[], { ports: { store, objects }, request, ageMs }: CheckContext): Promise<Finding[]> {
  const before = Date.now() - ageMs;
  const old = page.filter(({ key, modified }) => modified.getTime() < before && parseInstanceKey(key) !== undefined).map(({ key }) => key);
  const unknown = await findUnknown(old, store);
  if (unknown.length === 0) return [];
  // The sweep's own way: no row will ever name them.
  const removed = new Set(request.repair ? await removeOrphans(unknown.flatMap(({ keys }) => keys), store, objects) : []);
  return unknown.flatMap(({ keys, version }) => keys.map((key) => {
    const { partition, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = parseInstanceKey(key)!;
    return finding('object-unknown', { partition, studyInstanceUid, seriesInstanceUid, sopInstanceUid, version }, `Neither a row nor a change knows the object ${key}.`, removed.has(key));
  }));
}
