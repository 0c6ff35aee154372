import type { InstanceMetadataRow, InstanceRow, MetadataStore, QueryTagRow, StudyRow } from '@isocenter/metadata-store';
import { inlineOrObject, type ObjectStore } from '@isocenter/object-store';
import { createHash, type Hash } from 'node:crypto';

const INSTANCES = 64;
/** Values that one read may ask for. */
const VALUES = 1_000;

export interface AnswerPorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
}

/** What is counted on the way. */
export interface Digested {
  /** Hexadecimal SHA-256. */
  readonly digest: string;
  readonly count: number;
}

/** The digest of nothing. */
export const NO_ANSWERS = createHash('sha256').digest('hex');

/**
 * A digest of all that searches, metadata and reads of a study answer: rows, metadata, frame tables, values of extended query
 * tags, in the order of their first store. It goes on from `before`, so that studies one after the other make one digest.
 * When the rows were written, and who keeps them, is not part of it.
 */
export async function digestStudy(row: StudyRow, tags: readonly QueryTagRow[], before: string, { store, objects }: AnswerPorts): Promise<Digested> {
  const { partition, study } = row;
  const hash = createHash('sha256').update(before);
  const { newestSet: _newest, ordinal: _ordinal, ...shown } = row;
  add(hash, shown);
  await addTagValues(hash, [{ ...row, series: '', sop: '' }], tags.filter(({ level }) => level === 'study'), store);
  const series = await store.listSeries(partition, study);
  for (const { newestSet: _set, ordinal: _order, ...one } of series) add(hash, one);
  await addTagValues(hash, series.map((one) => ({ ...one, sop: '' })), tags.filter(({ level }) => level === 'series'), store);
  let count = 0;
  for (let after = -1; ;) {
    const rows = await store.listInstances({ partition, study }, { afterOrdinal: after, limit: INSTANCES });
    if (rows.length === 0) break;
    const metadata = (original: boolean): Promise<InstanceMetadataRow[]> => store.listInstanceMetadata({ partition, study }, after, rows.length, { original });
    const [latest, original] = await Promise.all([metadata(false), metadata(true)]);
    for (const instance of rows) {
      addInstance(hash, instance);
      await addMetadata(hash, latest.find((one) => isOf(one, instance)), objects);
      if (instance.originalVersion !== null) await addMetadata(hash, original.find((one) => isOf(one, instance)), objects);
    }
    await addTagValues(hash, rows, tags.filter(({ level }) => level === 'instance'), store);
    count += rows.length;
    after = rows.at(-1)!.ordinal;
  }
  return { digest: hash.digest('hex'), count };
}

/** The same of the changes behind a sequence, at most so many; `count` 0 when there are none. A page must begin where the one before ended. */
export async function digestChanges(after: number, limit: number, before: string, { store }: Pick<AnswerPorts, 'store'>): Promise<Digested> {
  const changes = await store.listChanges({ after, limit });
  const hash = createHash('sha256').update(before);
  for (const { sequence, timestamp, partitionName, study, series, sop, action, version, currentVersion } of changes) add(hash, [sequence, timestamp, partitionName, study, series, sop, action, version, currentVersion]);
  return { digest: changes.length === 0 ? before : hash.digest('hex'), count: changes.length };
}

function add(hash: Hash, value: unknown): void {
  hash.update(JSON.stringify(sorted(value))).update('\n');
}

/** Members by name: adapters hand them over in an order of their own. */
function sorted(value: unknown): unknown {
  return Array.isArray(value) || typeof value !== 'object' || value === null ? value : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function addInstance(hash: Hash, { ordinal: _ordinal, studySet: _study, seriesSet: _series, storedAt: _at, ...shown }: InstanceRow): void {
  add(hash, shown);
}

async function addMetadata(hash: Hash, row: InstanceMetadataRow | undefined, objects: ObjectStore): Promise<void> {
  if (!row) return add(hash, null);
  const { version, metadata, metadataKey, marks, frameTable, frameTableKey, bulk } = row;
  add(hash, [version, metadataKey, frameTableKey, bulk]);
  hash.update(await inlineOrObject(objects, metadata, metadataKey)).update(marks);
  if (frameTable !== null || frameTableKey !== null) hash.update(await inlineOrObject(objects, frameTable, frameTableKey));
}

type Place = Pick<InstanceRow, 'partition' | 'study' | 'series' | 'sop'>;

async function addTagValues(hash: Hash, places: readonly Place[], tags: readonly QueryTagRow[], store: MetadataStore): Promise<void> {
  const keys = places.flatMap(({ study, series, sop }) => tags.map(({ key }) => ({ study, series, sop, tag: key })));
  for (let at = 0; at < keys.length; at += VALUES) {
    const found = await store.findTagValues(places[0]!.partition, keys.slice(at, at + VALUES));
    const values = found.map(({ series, sop, tag, value, member }) => JSON.stringify([series, sop, tag, value, member]));
    add(hash, values.sort());
  }
}

function isOf({ series, sop }: Pick<InstanceMetadataRow, 'series' | 'sop'>, of: InstanceRow): boolean {
  return series === of.series && sop === of.sop;
}
