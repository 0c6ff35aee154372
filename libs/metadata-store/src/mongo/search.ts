import { type mongo } from 'mongoose';
import type { SearchHit, SearchPlan, TagPredicate } from '../search-plan.js';
import { compileSearch, tagFilters, ROWS_OF_A_UID, ROWS_OF_MANY, ROWS_PER_NARROW, TABLE_OF, type LevelQuery } from './compile-search.js';
import type { Filter, RowDocument } from './documents.js';
import type { FindOptions, Reading } from './reading.js';

/** A row's `_id` and its place in the order of store. */
type Key = RowDocument & { readonly _id: { readonly study: string; readonly series?: string; readonly sop?: string }; readonly ordinal: number };

/** Rows of a level above that are taken as a list; where more match, the level below is walked instead. */
const MOST_ABOVE = 10_000;
/** MongoDB merges the orders of so many ranges of an index at once (internalQueryMaxScansToExplode). */
const MERGED = 200;

/** Batches of a walk after which it is asked whether few rows above match. */
const FIRST_BATCHES = 2;

const NEWEST_FIRST = { ordinal: -1 } as const;
const KEY = { ordinal: 1 } as const;
const STUDY_PARTS = { azureDefault: 1, attributes: 1, seriesCount: 1, instanceCount: 1, modalities: 1 } as const;
const SERIES_PARTS = { azureDefault: 1, attributes: 1, instanceCount: 1 } as const;
const PARTS = { study: STUDY_PARTS, series: SERIES_PARTS, instance: { attributes: 1, transferSyntax: 1 } } as const;

/** A page of hits, newest first. What stands above a hit is read by its key: the hits of a page share few studies. */
export async function search(reading: Reading, plan: SearchPlan): Promise<SearchHit[]> {
  const query = compileSearch(plan);
  const own = await readPage(reading, query, plan);
  const [studies, series] = await Promise.all([
    plan.withStudy ? readByKey(reading, 'studies', own.map(({ _id: { study } }) => ({ partition: plan.partition, study })), STUDY_PARTS) : undefined,
    plan.withSeries ? readByKey(reading, 'series', own.map(({ _id: { study, series } }) => ({ partition: plan.partition, study, series })), SERIES_PARTS) : undefined,
  ]);
  return own.flatMap((document): SearchHit[] => {
    const { study, series: seriesUid, sop } = document._id;
    const above = [studies?.get(study), series?.get(seriesName(study, seriesUid))] as const;
    // Deleted since the page was found.
    if ((studies && !above[0]) || (series && !above[1])) return [];
    const { level } = plan;
    return [{
      study, ...(seriesUid !== undefined && { series: seriesUid }), ...(sop !== undefined && { sop }),
      ...studyParts(level === 'study' ? document : above[0]), ...seriesParts(level === 'series' ? document : above[1]),
      ...(level === 'instance' && { instanceAttributes: document['attributes'] as string, transferSyntax: document['transferSyntax'] as string }),
    }];
  });
}

function studyParts(document: RowDocument | undefined): Partial<SearchHit> {
  if (!document) return {};
  const { azureDefault, attributes, seriesCount, instanceCount, modalities } = document as RowDocument & Record<keyof typeof STUDY_PARTS, never>;
  return { studyAzureDefault: azureDefault, studyAttributes: attributes, seriesCount, studyInstanceCount: instanceCount, modalities };
}

function seriesParts(document: RowDocument | undefined): Partial<SearchHit> {
  if (!document) return {};
  const { azureDefault, attributes, instanceCount } = document as RowDocument & Record<keyof typeof SERIES_PARTS, never>;
  return { seriesAzureDefault: azureDefault, seriesAttributes: attributes, seriesInstanceCount: instanceCount };
}

const seriesName = (study: string, series: string | undefined): string => (series === undefined ? study : `${study}/${series}`);

async function readByKey(reading: Reading, table: 'studies' | 'series', keys: readonly { study: string; series?: string | undefined }[], projection: FindOptions['projection']): Promise<Map<string, Key>> {
  const distinct = [...new Map(keys.map((key) => [seriesName(key.study, key.series), key])).values()];
  if (distinct.length === 0) return new Map();
  const found = (await reading.find(table, { _id: { $in: distinct } }, { hint: '_id_', projection })) as Key[];
  return new Map(found.map((document) => [seriesName(document._id.study, document._id.series), document]));
}

async function readPage(reading: Reading, query: LevelQuery, { offset, limit }: SearchPlan): Promise<Key[]> {
  const table = TABLE_OF[query.level];
  const projection = PARTS[query.level];
  if (isPlain(query)) return (await reading.find(table, query.filter, { hint: query.hint, sort: NEWEST_FIRST, skip: offset, limit, projection })) as Key[];
  const keys = await findKeys(reading, query, offset, limit);
  if (keys.length === 0) return [];
  const rows = new Map(((await reading.find(table, { _id: { $in: keys.map(({ _id }) => _id) } }, { hint: '_id_', projection: { ...projection, ...KEY } })) as Key[]).map((row) => [row.ordinal, row]));
  return keys.flatMap(({ ordinal }) => rows.get(ordinal) ?? []);
}

/** One collection and one index answer it. */
function isPlain({ words, tags, above }: LevelQuery): boolean {
  return words.length === 0 && tags.length === 0 && !above;
}

/** The keys of the rows that match, newest first. */
async function findKeys(reading: Reading, query: LevelQuery, offset: number, limit: number): Promise<Key[]> {
  const { level, filter, hint, rows, words, tags, above } = query;
  if (isPlain(query)) return (await reading.find(TABLE_OF[level], filter, { hint, sort: NEWEST_FIRST, skip: offset, limit, projection: KEY })) as Key[];
  if (tags.length > 0) return rows < ROWS_PER_NARROW ? (await walk(reading, query, offset, limit))! : walkTag(reading, query, offset, limit);
  if (words.length > 0 && rows >= ROWS_PER_NARROW) return walkWords(reading, query, offset, limit);
  if (!above || rows === ROWS_OF_A_UID || (rows < ROWS_OF_MANY && rows < rowsOf(above))) return (await walk(reading, query, offset, limit))!;
  // Where many rows above are likely to match, the newest rows of this level may be a page already.
  const firstPage = rowsOf(above) >= ROWS_OF_MANY ? await walk(reading, query, offset, limit, FIRST_BATCHES) : undefined;
  if (firstPage) return firstPage;
  const keysAbove = await findKeys(reading, above, 0, MOST_ABOVE + 1);
  if (keysAbove.length <= MOST_ABOVE) return findBelow(reading, query, keysAbove, offset, limit);
  return (await walk(reading, query, offset, limit))!;
}

/** About how many rows, at most, the best of the indexes leads to. */
function rowsOf({ rows, words, tags, above }: LevelQuery): number {
  return Math.min(rows, words.length + tags.length > 0 ? ROWS_PER_NARROW : Infinity, above ? rowsOf(above) : Infinity);
}

/** Goes along the index and keeps what matches otherwise too; undefined when `batches` did not fill the page. */
async function walk(reading: Reading, query: LevelQuery, offset: number, limit: number, batches = Infinity): Promise<Key[] | undefined> {
  const { level, filter, hint, above } = query;
  const page = new Page(offset, limit);
  let isCut = false;
  await reading.walk({ table: TABLE_OF[level], filter, options: { hint, sort: NEWEST_FIRST, projection: KEY } }, async (batch) => {
    const kept = await keepTagged(reading, query, await keepNamed(reading, query, batch as Key[]));
    const wantsMore = page.add(above ? await keepBelow(reading, above, kept) : kept);
    isCut = wantsMore && --batches <= 0;
    return wantsMore && !isCut;
  });
  return isCut ? undefined : page.keys;
}

/** The same along the words of names. */
async function walkWords(reading: Reading, query: LevelQuery, offset: number, limit: number): Promise<Key[]> {
  const { partition, filter, demandsOther } = query;
  const page = demandsOther ? new Page(offset, limit) : new Page(0, limit);
  const pipeline = [...matchWords(query), ...(demandsOther ? [] : [{ $skip: offset }, { $limit: limit }])];
  await reading.walk({ table: 'nameWords', pipeline, hint: 'nameWords_by_prefix' }, async (batch) => {
    const among = { '_id.partition': partition, ordinal: { $in: batch.map(({ _id }) => _id) } };
    return page.add((await reading.find('studies', { $and: [among, filter] }, { hint: 'studies_by_ordinal', sort: NEWEST_FIRST, projection: KEY })) as Key[]);
  });
  return page.keys;
}

/** The same along the values of a tag; of several tags along those of the first. */
async function walkTag(reading: Reading, query: LevelQuery, offset: number, limit: number): Promise<Key[]> {
  const { level, partition, filter, tags, above } = query;
  const page = new Page(offset, limit);
  const [first] = tags as [TagPredicate];
  const [condition] = tagFilters(partition, first) as [Filter];
  // Of one value the index has the newest first; of several they are gathered. Either way keys of the index are enough.
  const isOrdered = first.match.kind === 'equals' && !first.isName;
  const order = isOrdered ? [{ $sort: NEWEST_FIRST }, { $project: { _id: 0, ordinal: 1 } }] : [{ $group: { _id: '$ordinal' } }, { $sort: { _id: -1 } }, { $project: { _id: 0, ordinal: '$_id' } }];
  await reading.walk({ table: 'tagValues', pipeline: [{ $match: condition }, ...order], hint: 'tagValues_by_value' }, async (batch) => {
    const among = { '_id.partition': partition, ordinal: { $in: batch.map(({ ordinal }) => ordinal) } };
    const found = (await reading.find(TABLE_OF[level], { $and: [among, filter] }, { hint: `${TABLE_OF[level]}_by_ordinal`, sort: NEWEST_FIRST, projection: KEY })) as Key[];
    const kept = await keepTagged(reading, query, await keepNamed(reading, query, found));
    return page.add(above ? await keepBelow(reading, above, kept) : kept);
  });
  return page.keys;
}

/** Collects a page out of what is found in order. */
class Page {
  readonly keys: Key[] = [];
  constructor(private offset: number, private readonly limit: number) {}

  /** False when it is full. */
  add(found: readonly Key[]): boolean {
    const skipped = Math.min(this.offset, found.length);
    this.offset -= skipped;
    this.keys.push(...found.slice(skipped, skipped + this.limit - this.keys.length));
    return this.keys.length < this.limit;
  }
}

/** Ordinals of the studies that have, for each prefix, a word with it: newest first, from the index alone. */
function matchWords({ partition, words }: LevelQuery, among?: readonly number[]): mongo.Document[] {
  const wanted = words.flatMap(({ column, prefixes }) => prefixes.map((prefix) => ({ attribute: column === 'patientName' ? 1 : 2, from: prefix, to: `${prefix}\u{10ffff}` })));
  const hits = Object.fromEntries(wanted.map(({ attribute, from, to }, at) => [`has${at}`, { $max: { $and: [{ $eq: ['$_id.attribute', attribute] }, { $gte: ['$_id.word', from] }, { $lt: ['$_id.word', to] }] } }]));
  return [
    { $match: {
      '_id.partition': partition, ...(among && { ordinal: { $in: among } }),
      $or: wanted.map(({ attribute, from, to }) => ({ '_id.attribute': attribute, '_id.word': { $gte: from, $lt: to } })),
    } },
    { $group: { _id: '$ordinal', ...(wanted.length > 1 && hits) } },
    ...(wanted.length > 1 ? [{ $match: Object.fromEntries(wanted.map((_, at) => [`has${at}`, true])) }] : []),
    { $sort: { _id: -1 } },
  ];
}

/** What matches below a list of studies or series. */
async function findBelow(reading: Reading, { level, partition, filter, above }: LevelQuery, keysAbove: readonly Key[], offset: number, limit: number): Promise<Key[]> {
  const ofStudies = above!.level === 'study';
  const hint = ofStudies ? `${TABLE_OF[level]}_of_study` : 'instances_of_series';
  let found: Key[] = [];
  for (let at = 0; at < keysAbove.length; at += MERGED) {
    const parents = keysAbove.slice(at, at + MERGED).map(({ _id }) => _id);
    const below: Filter = ofStudies
      ? { '_id.partition': partition, '_id.study': { $in: parents.map(({ study }) => study) } }
      : { $or: parents.map(({ study, series }) => ({ '_id.partition': partition, '_id.study': study, '_id.series': series })) };
    const more = (await reading.find(TABLE_OF[level], { $and: [below, filter] }, { hint, sort: NEWEST_FIRST, limit: offset + limit, projection: KEY })) as Key[];
    found = at === 0 ? more : [...found, ...more].sort((one, other) => other.ordinal - one.ordinal).slice(0, offset + limit);
  }
  return found.slice(offset, offset + limit);
}

/** Of studies, those whose names have the words. */
async function keepNamed(reading: Reading, query: LevelQuery, studies: readonly Key[]): Promise<readonly Key[]> {
  if (query.words.length === 0 || studies.length === 0) return studies;
  const named = await reading.aggregate('nameWords', matchWords(query, studies.map(({ ordinal }) => ordinal)), 'nameWords_by_prefix');
  const ordinals = new Set(named.map(({ _id }) => _id as number));
  return studies.filter(({ ordinal }) => ordinals.has(ordinal));
}

/** Of rows, those that have the values for tags. */
async function keepTagged(reading: Reading, { partition, tags }: LevelQuery, keys: readonly Key[]): Promise<readonly Key[]> {
  let kept = keys;
  for (const condition of tags.flatMap((tag: TagPredicate) => tagFilters(partition, tag))) {
    if (kept.length === 0) return kept;
    const found = await reading.find('tagValues', { ...condition, ordinal: { $in: kept.map(({ ordinal }) => ordinal) } }, { hint: 'tagValues_by_ordinal', projection: KEY });
    const ordinals = new Set(found.map(({ ordinal }) => ordinal as number));
    kept = kept.filter(({ ordinal }) => ordinals.has(ordinal));
  }
  return kept;
}

/** Of keys, those whose study or series matches, and what is above that. */
async function keepBelow(reading: Reading, query: LevelQuery, keys: readonly Key[]): Promise<readonly Key[]> {
  if (keys.length === 0) return keys;
  const { level, partition, filter, above } = query;
  const nameAbove = ({ _id: { study, series } }: Key): string => (level === 'study' ? study : seriesName(study, series));
  const distinct = [...new Map(keys.map((key) => [nameAbove(key), key._id])).values()];
  const ids = distinct.map(({ study, series }) => (level === 'study' ? { partition, study } : { partition, study, series }));
  const found = (await reading.find(TABLE_OF[level], { $and: [{ _id: { $in: ids } }, filter] }, { hint: '_id_', projection: KEY })) as Key[];
  const named = await keepTagged(reading, query, await keepNamed(reading, query, found));
  const matching = new Set((above ? await keepBelow(reading, above, named) : named).map(nameAbove));
  return keys.filter((key) => matching.has(nameAbove(key)));
}
