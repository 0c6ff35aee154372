import type { CheckStudy, Decision, LevelAttributes, LevelDifference } from '@isocenter/commands';
import type { AttributeSetRow, InstanceRow, SeriesRow, StudyRow } from '@isocenter/metadata-store';
import { removeTagValues, tagValueWrites } from '../query-tags/tag-value-writes.js';
import { compareLevel } from './compare-level.js';
import { announceVersion, type StoreContext } from './decide-store.js';
import { nameWordWrites, seriesAttributes, seriesColumns, studyAttributes, studyColumns } from './level-rows.js';
import { modalitiesOf } from './modalities.js';
import { NOTHING_GOES, recomputeSeries, recomputeStudy } from './recompute-levels.js';

/** Differences that a decision tells of. */
const MOST_DIFFERENCES = 100;
const PAGE = 1_000;
const NO_ATTRIBUTES: LevelAttributes = { members: '', columns: {} };

/** A row of a level, what its instances say, and what is wrong with it. */
interface Checked<Row> {
  /** As the store has it, whatever the owner of the log partition remembers. */
  readonly row: Row | undefined;
  readonly uid: string;
  readonly count: number;
  readonly wrong: readonly string[];
}

/**
 * Compares the rows of a study and its series with those of its instances, and makes them anew where they differ. In the order
 * of the log: nothing of the study is being written meanwhile, here or elsewhere. The store is asked for everything, since what
 * the owner remembers may be right where the row is not.
 */
export async function decideCheck(command: CheckStudy, context: StoreContext): Promise<Decision> {
  const { set, partition } = context;
  const series = await checkAllSeries(command.study, context);
  const study = await checkStudy(command.study, series, context);
  if (!study.row && study.count === 0 && series.length === 0) return { kind: 'not-found' };
  const found: LevelDifference[] = [study, ...series].flatMap(({ uid, wrong }) => wrong.map((what) => ({ series: uid, what })));
  const lost = found.length > 0 ? await lostSets(command.study, context) : 0;
  if (lost > 0) found.push({ series: '', what: `${lost} sets of attributes that its instances brought are lost, of which its rows are made.` });
  const mended = command.mend && lost === 0;
  if (mended && found.length > 0) {
    for (const one of series) await mendSeries(one, command.study, context);
    await mendStudy(study, command.study, context);
  }
  if (command.mend && lost === 0) await announceMissing(command, context);
  if (mended) set.markOutdated(partition, command.study);
  return { kind: 'study-checked', differences: found.slice(0, MOST_DIFFERENCES), mended };
}

async function checkAllSeries(study: string, context: StoreContext): Promise<Checked<SeriesRow>[]> {
  const { store, partition } = context;
  const checked: Checked<SeriesRow>[] = [];
  for (const row of await store.listSeries(partition, study)) checked.push(await checkOneSeries(row, row.series, study, context));
  const known = new Set(checked.map(({ uid }) => uid));
  const total = (await store.summarizeInstances({ partition, study }))?.count ?? 0;
  if (checked.reduce((sum, { count }) => sum + count, 0) === total) return checked;
  for (const uid of new Set(await allOf(study, context, ({ series }) => series))) if (!known.has(uid)) checked.push(await checkOneSeries(undefined, uid, study, context));
  return checked;
}

async function checkOneSeries(row: SeriesRow | undefined, uid: string, study: string, { store, partition }: StoreContext): Promise<Checked<SeriesRow>> {
  const count = (await store.summarizeInstances({ partition, study, series: uid }))?.count ?? 0;
  if (!row) return { row, uid, count, wrong: ['The series has instances and no row.'] };
  if (count === 0) return { row, uid, count, wrong: ['The series has a row and no instances.'] };
  const sets = await store.listAttributeSets('series', { partition, study, series: uid }, NOTHING_GOES);
  const wrong = compareLevel(row, setsOf(sets), seriesColumns);
  return { row, uid, count, wrong: [...counted('instances', row.instanceCount, count), ...wrong] };
}

async function checkStudy(study: string, series: readonly Checked<SeriesRow>[], { store, partition }: StoreContext): Promise<Checked<StudyRow>> {
  const row = await store.findStudy(partition, study);
  const count = series.reduce((sum, one) => sum + one.count, 0);
  const there = series.filter((one) => one.count > 0);
  if (!row) return { row, uid: '', count, wrong: count === 0 ? [] : ['The study has instances and no row.'] };
  if (count === 0) return { row, uid: '', count, wrong: ['The study has a row and no instances.'] };
  const sets = await store.listAttributeSets('study', { partition, study }, NOTHING_GOES);
  const wrong = compareLevel(row, setsOf(sets), studyColumns);
  const modalities = sorted(row.modalities) === sorted(modalitiesOf(there.flatMap((one) => one.row ?? []))) ? [] : ['Its modalities are not those of its series.'];
  return { row, uid: '', count, wrong: [...counted('instances', row.instanceCount, count), ...counted('series', row.seriesCount, there.length), ...modalities, ...wrong] };
}

const setsOf = (rows: readonly AttributeSetRow[]): LevelAttributes[] => rows.map(({ attributes }) => JSON.parse(attributes) as LevelAttributes);
const counted = (of: string, said: number, there: number): string[] => (said === there ? [] : [`It counts ${said} ${of}; there are ${there}.`]);
const sorted = (modalities: string): string => modalities.split('\\').sort().join('\\');

/** How many sets of attributes are gone that instances name: rows made of the others would have less than was stored. */
async function lostSets(study: string, context: StoreContext): Promise<number> {
  const { store, partition } = context;
  const digests = [...new Set((await allOf(study, context, ({ studySet, seriesSet }) => `${studySet} ${seriesSet}`)).flatMap((pair) => pair.split(' ')))];
  const there = new Set<string>();
  for (let at = 0; at < digests.length; at += PAGE) for (const digest of await store.findAttributeSets(partition, study, digests.slice(at, at + PAGE))) there.add(digest);
  return digests.length - there.size;
}

/** What all instances of the study have, once each. */
async function allOf(study: string, { store, partition }: StoreContext, of: (row: InstanceRow) => string): Promise<string[]> {
  const found = new Set<string>();
  for (let afterOrdinal = -1; ;) {
    const rows = await store.listInstances({ partition, study }, { afterOrdinal, limit: PAGE });
    for (const row of rows) found.add(of(row));
    if (rows.length < PAGE) return [...found];
    afterOrdinal = rows.at(-1)!.ordinal;
  }
}

async function mendSeries({ row, uid, count, wrong }: Checked<SeriesRow>, study: string, context: StoreContext): Promise<void> {
  const { set, partition, tags } = context;
  if (wrong.length === 0) return;
  if (count === 0) {
    set.writes.push(...removeTagValues(tags, { partition, study, series: uid, sop: '' }));
    return set.replaceSeries(undefined, row!);
  }
  const ordinal = row?.ordinal ?? (await firstOrdinal(study, uid, context));
  if (row) set.writes.push(...tagValueWrites(tags, 'series', { partition, study, series: uid, sop: '' }, ordinal, seriesAttributes(row).tags, undefined));
  set.replaceSeries(await recomputeSeries(context, { partition, study, series: uid, ordinal, instanceCount: count, newestSet: '', ...seriesColumns(NO_ATTRIBUTES) }, NOTHING_GOES), row);
}

async function mendStudy({ row, count, wrong }: Checked<StudyRow>, study: string, context: StoreContext): Promise<void> {
  const { set, partition, tags } = context;
  const series = await set.listSeries(partition, study);
  // A series that was mended may have another modality.
  if (wrong.length === 0 && sorted(row!.modalities) === sorted(modalitiesOf(series))) return;
  const before = row && studyAttributes(row);
  if (row) set.writes.push(...nameWordWrites(partition, study, row.ordinal, before, undefined));
  if (count === 0) {
    set.writes.push({ op: 'removeAll', table: 'attributeSets', where: { partition, study } });
    if (tags.length > 0) set.writes.push({ op: 'removeAll', table: 'tagValues', where: { partition, study } });
    return set.replaceStudy(undefined, row!);
  }
  const ordinal = row?.ordinal ?? (await firstOrdinal(study, undefined, context));
  if (row) set.writes.push(...tagValueWrites(tags, 'study', { partition, study, series: '', sop: '' }, ordinal, before!.tags, undefined));
  const counts = { instanceCount: count, seriesCount: series.length, modalities: modalitiesOf(series) };
  set.replaceStudy(await recomputeStudy(context, { partition, study, ordinal, newestSet: '', ...counts, ...studyColumns(NO_ATTRIBUTES) }, NOTHING_GOES), row);
}

/** Orders of store are given once, to rows of all levels. */
async function firstOrdinal(study: string, series: string | undefined, { store, partition }: StoreContext): Promise<number> {
  const [first] = await store.listInstances({ partition, study, series }, { limit: 1 });
  return first!.ordinal;
}

/** What was there before an update may not be what the changes tell of: it is said with it. */
function announceAgain(row: InstanceRow, context: StoreContext): Promise<void> {
  const { originalVersion: version, originalObjectKey: objectKey, originalSize: size, originalSha256: sha256 } = row;
  if (version === null) return announceVersion('create', row, row, undefined, context);
  return announceVersion('update', row, row, undefined, context, { version, objectKey: objectKey!, size: size!, sha256: sha256! });
}

/** Of instances whose version no change tells of. */
async function announceMissing({ study, withoutChange = [] }: CheckStudy, context: StoreContext): Promise<void> {
  const { store, partition } = context;
  const told = new Set((await store.listVersionChanges(withoutChange.map(({ version }) => version))).flatMap(({ action, version }) => (action === 'delete' ? [] : [version])));
  for (const { series, sop, version } of withoutChange) {
    const row = await store.findInstance(partition, study, series, sop);
    if (row?.version === version && !told.has(version)) await announceAgain(row, context);
  }
}
