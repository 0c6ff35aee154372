import type { InstanceScope, InstanceSummary, InstanceVersion, Without } from '../metadata-store.js';
import type { AttributeSetRow, InstanceMetadataRow, InstanceRow } from '../rows.js';
import type { Filter, RowDocument } from './documents.js';
import type { Reading } from './reading.js';

export interface OrdinalBounds {
  readonly afterOrdinal?: number;
  readonly belowOrdinal?: number;
  readonly limit?: number;
}

type MetadataPage = (InstanceMetadataRow & { ordinal: number })[];

const IN_ORDER = { ordinal: 1 } as const;

function within({ partition, study, series, sop }: InstanceScope): Filter {
  return { '_id.partition': partition, '_id.study': study, ...(series !== undefined && { '_id.series': series }), ...(sop !== undefined && { '_id.sop': sop }) };
}

/** The index that a scope's instances are read by, in order of store. */
function indexOf({ series, sop }: InstanceScope): string {
  if (sop !== undefined) return 'instances_by_uid';
  return series !== undefined ? 'instances_of_series' : 'instances_of_study';
}

export function listInstances(reading: Reading, scope: InstanceScope, { afterOrdinal = -1, belowOrdinal = Infinity, limit }: OrdinalBounds): Promise<InstanceRow[]> {
  const filter = { ...within(scope), ordinal: { $gt: afterOrdinal, $lt: belowOrdinal } };
  return reading.rows('instances', filter, { sort: IN_ORDER, hint: indexOf(scope), ...(limit !== undefined && { limit }) });
}

export async function summarizeInstances(reading: Reading, scope: InstanceScope): Promise<InstanceSummary | undefined> {
  const group = { _id: null, count: { $sum: 1 }, newestVersion: { $max: '$version' }, transferSyntaxes: { $addToSet: '$transferSyntax' } };
  const [found] = await reading.aggregate('instances', [{ $match: within(scope) }, { $group: group }, { $unset: '_id' }], indexOf(scope));
  return found as InstanceSummary | undefined;
}

/** The instances in order, then their metadata by key. */
export async function listInstanceMetadata(reading: Reading, scope: InstanceScope, { afterOrdinal, limit, original }: { afterOrdinal: number; limit: number; original: boolean }): Promise<MetadataPage> {
  const page: MetadataPage = [];
  for (let after = afterOrdinal; page.length < limit;) {
    const wanted = limit - page.length;
    const filter = { ...within(scope), ordinal: { $gt: after } };
    const instances = await reading.find('instances', filter, { sort: IN_ORDER, hint: indexOf(scope), limit: wanted, projection: { ...IN_ORDER, originalVersion: 1 } });
    page.push(...(await metadataOf(reading, instances, original)));
    if (instances.length < wanted) break;
    // One that was deleted between the two reads is made up for: a short page would mean the end.
    after = instances.at(-1)!['ordinal'] as number;
  }
  return page;
}

async function metadataOf(reading: Reading, instances: readonly RowDocument[], original: boolean): Promise<MetadataPage> {
  if (instances.length === 0) return [];
  const isUpdated = ({ originalVersion }: RowDocument): boolean => original && typeof originalVersion === 'string';
  const tables = [['instanceMetadata', instances.filter((instance) => !isUpdated(instance))], ['originalMetadata', instances.filter(isUpdated)]] as const;
  const nameOf = ({ study, series, sop }: Pick<InstanceRow, 'study' | 'series' | 'sop'>): string => `${study}/${series}/${sop}`;
  const rows = await Promise.all(tables.map(async ([table, those]) => (those.length === 0 ? [] : reading.rows(table, { _id: { $in: those.map(({ _id }) => _id) } }))));
  const found = new Map(rows.flat().map((row) => [nameOf(row), row]));
  return instances.flatMap(({ _id, ordinal }) => {
    const row = found.get(nameOf(_id as InstanceRow));
    return row ? [{ ...row, ordinal: ordinal as number }] : [];
  });
}

export async function listAttributeSets(reading: Reading, level: 'study' | 'series', scope: InstanceScope, without: Without): Promise<AttributeSetRow[]> {
  const { partition, study } = scope;
  const gone = { ...within({ ...scope, series: without.series ?? scope.series, sop: without.sop }), ordinal: { $lte: without.upToOrdinal } };
  const set = level === 'study' ? '$studySet' : '$seriesSet';
  const pipeline = [{ $match: { ...within(scope), $nor: [gone] } }, { $group: { _id: set, newest: { $max: '$version' } } }, { $sort: { newest: -1 } }];
  const used = (await reading.aggregate('instances', pipeline, indexOf(scope))).map(({ _id }) => _id as string);
  const rows = await reading.rows('attributeSets', { _id: { $in: used.map((digest) => ({ partition, study, digest })) } });
  const found = new Map(rows.map((row) => [row.digest, row]));
  return used.flatMap((digest) => found.get(digest) ?? []);
}

export async function findAttributeSets(reading: Reading, partition: number, study: string, digests: readonly string[]): Promise<string[]> {
  if (digests.length === 0) return [];
  const found = await reading.find('attributeSets', { _id: { $in: digests.map((digest) => ({ partition, study, digest })) } }, { projection: { _id: 1 } });
  return found.map(({ _id }) => (_id as { digest: string }).digest);
}

export async function findKnownVersions(reading: Reading, versions: readonly InstanceVersion[]): Promise<ReadonlySet<string>> {
  if (versions.length === 0) return new Set();
  const asked = new Set(versions.map(({ version }) => version));
  const keys = versions.map(({ partition, study, series, sop }) => ({ partition, study, series, sop }));
  const projection = { version: 1, originalVersion: 1 } as const;
  const found = await Promise.all([
    reading.find('changes', { version: { $in: [...asked] } }, { projection, hint: 'changes_by_version' }),
    reading.find('instances', { _id: { $in: keys } }, { projection }),
  ]);
  return new Set(found.flat().flatMap(({ version, originalVersion }) => [version as string, originalVersion as string]).filter((version) => asked.has(version)));
}
