import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MongoUnderTest, type Profile } from '../../test/mongo-under-test.js';
import { insertCursor, insertDecision, moveCursor, plan, put } from '../contract/rows.contract.js';
import type { Level, Predicate, SearchColumn, SearchPlan } from '../search-plan.js';
import { SEARCHABLE_ATTRIBUTES } from '../searchable-attributes.js';
import type { Write } from '../transaction.js';
import type { MongoMetadataStore } from './mongo-metadata-store.js';

/** Studies of the archive; each has two series of two instances. */
const STUDIES = 1_200;
const PAGE = 10;

const mongo = new MongoUnderTest();
let store: MongoMetadataStore;
beforeAll(async () => {
  store = await mongo.open();
  const writes = Array.from({ length: STUDIES }, (_, at) => studyOf(at)).flat();
  for (let at = 0; at < writes.length; at += 2_000) expect(await store.commit({ writes: writes.slice(at, at + 2_000) })).toEqual({ committed: true });
}, 60_000);
afterAll(() => mongo.close());

/** From 20200101 on, thirty days a month. */
function dayOf(at: number): number {
  return (2020 + Math.floor(at / 360)) * 10_000 + (1 + (Math.floor(at / 30) % 12)) * 100 + 1 + (at % 30);
}

function studyOf(at: number): Write[] {
  const study = `1.${at}`;
  const ordinal = 1_000_000 + at * 100;
  const series = [1, 2].map((number) => ({ study, series: `${study}.${number}`, ordinal: ordinal + number * 10 }));
  const instances = series.flatMap((of) => [1, 2].map((number) => ({ ...of, sop: `${of.series}.${number}`, ordinal: of.ordinal + number, instanceNumber: number })));
  return [
    put.study({
      study, ordinal, patientId: `p${at >> 1}`, patientName: `doe${at}^john${at % 50}`, birthDate: dayOf(STUDIES - at), accessionNumber: `a${at}`, referringPhysician: `ref${at >> 2}^x`,
      studyDate: dayOf(at), studyId: `s${at}`, description: `ct ${at >> 2}`, modalities: at === 7 ? '\\opt\\' : '\\ct\\mr\\',
    }),
    put.word(`doe${at}`, study, ordinal), put.word(`john${at % 50}`, study, ordinal), put.word(`ref${at >> 2}`, study, ordinal, 2), put.word('x', study, ordinal, 2),
    ...series.map((row, number) => put.series({ ...row, modality: number === 0 ? 'ct' : 'mr', manufacturerModel: `m${at >> 2}`, performedStartDate: dayOf(at), seriesNumber: number })),
    tagValue(1, { study }, `t${at >> 2}`, ordinal), tagValue(2, { study }, at === 7 ? 'rare' : 'often', ordinal),
    ...series.map((row) => tagValue(3, row, `t${at}`, row.ordinal)), ...instances.map((row) => tagValue(4, row, `t${at}`, row.ordinal)),
    ...instances.flatMap((row) => [put.instance(row), put.metadata({ study, series: row.series, sop: row.sop })]),
  ];
}

function tagValue(tag: number, { study, series = '', sop = '' }: { study: string; series?: string; sop?: string }, value: string, ordinal: number): Write {
  return { op: 'put', table: 'tagValues', row: { partition: 1, study, series, sop, tag, value, member: '{}', ordinal } };
}

interface Looked {
  readonly hits: number;
  readonly keys: number;
  readonly docs: number;
  /** Of each query, or of each that is wrong. */
  readonly plans: readonly string[];
}

async function look(over: Partial<SearchPlan>): Promise<Looked> {
  const level = over.level ?? 'study';
  let hits = 0;
  const profile = await mongo.profile(async () => {
    hits = (await store.search(plan({ withStudy: level !== 'study' && !over.study, withSeries: level === 'instance' && !over.series, limit: PAGE, ...over }))).length;
  });
  const sum = (count: (entry: Profile) => number): number => profile.reduce((total, entry) => total + count(entry), 0);
  expect(profile.length).toBeGreaterThan(0);
  return { hits, keys: sum(({ keys }) => keys), docs: sum(({ docs }) => docs), plans: profile.map((entry) => `${entry.collection} ${entry.plan}`) };
}

/** Studies that a narrow search finds have at most as many of a level. */
const MOST: Record<Level, number> = { study: 1, series: 2, instance: 4 };
/** With those above them. */
const MOST_WITH_ABOVE: Record<Level, number> = { study: 1, series: 3, instance: 7 };

function expectNarrow(looked: Looked, level: Level): void {
  const { hits, keys, docs, plans } = looked;
  expect(plans.filter((one) => one.includes('COLLSCAN'))).toEqual([]);
  expect(hits).toBeGreaterThan(0);
  // What is read: rows above that match and are shown, keys of the level, rows of the page. A month has thirty studies.
  const bound = 31 * MOST_WITH_ABOVE[level] + 4 * PAGE;
  expect({ plans, docs, within: docs <= bound }).toEqual({ plans, docs, within: true });
  expect({ plans, keys, within: keys <= 2 * bound }).toEqual({ plans, keys, within: true });
}

const AT = 500;
const VALUES: Partial<Record<SearchColumn, string | number>> = {
  study: `1.${AT}`, series: `1.${AT}.1`, sop: `1.${AT}.1.2`, patientId: `p${AT >> 1}`, patientName: `doe${AT}^john${AT % 50}`, birthDate: dayOf(AT), accessionNumber: `a${AT}`,
  referringPhysician: `ref${AT >> 2}^x`, studyDate: dayOf(AT), description: `ct ${AT >> 2}`, manufacturerModel: `m${AT >> 2}`, performedStartDate: dayOf(AT),
};

/** The Azure conformance page's searches that match few rows: by value, by a list of UIDs, by the words of a name, by a month. */
function narrowSearches(level: Level): [string, Predicate[]][] {
  const rank = { study: 0, series: 1, instance: 2 };
  return SEARCHABLE_ATTRIBUTES.filter((attribute) => attribute.azure && rank[attribute.level] <= rank[level]).flatMap(({ keyword, column, matching }): [string, Predicate[]][] => {
    const value = VALUES[column];
    if (value === undefined) return [];
    const equals: [string, Predicate[]] = [keyword, [{ kind: 'equals', column, values: [value] }]];
    if (matching === 'uid') return [equals, [`${keyword}, several`, [{ kind: 'equals', column, values: [value, 'none'] }]]];
    if (matching === 'date') return [equals, [`${keyword} of a month`, [{ kind: 'range', column, from: dayOf(AT), to: dayOf(AT + 30) - 1 }]]];
    if (matching !== 'name') return [equals];
    const words = column === 'patientName' ? [`doe${AT}`, `john${AT % 50}`] : [`ref${AT >> 2}`];
    return [equals, [`${keyword}, fuzzy`, [{ kind: 'words', column: column as 'patientName', prefixes: words }]]];
  });
}

describe.each<Level>(['study', 'series', 'instance'])('Plans of searches of all, %s level', (level) => {
  it('given the conformance page, then its attributes that match few rows are tried', () => {
    expect(new Set(narrowSearches(level).map(([name]) => name.split(',')[0]!.split(' ')[0])).size).toBe({ study: 8, series: 11, instance: 12 }[level]);
  });

  it.each(narrowSearches(level))('given %s, then few rows are read beside the page', async (_, predicates) => {
    expectNarrow(await look({ level, predicates }), level);
  });

  it.each(narrowSearches(level))('given %s and a modality of the study, then few rows are read beside the page', async (_, predicates) => {
    expectNarrow(await look({ level, predicates: [{ kind: 'modalities', values: ['mr'] }, ...predicates] }), level);
  });

  if (level !== 'study') {
    it.each(narrowSearches(level))('given %s and a modality of the series, then few rows are read beside the page', async (name, predicates) => {
      const value = name.startsWith('SOP') || name.startsWith('Series') ? 'ct' : 'mr';
      expectNarrow(await look({ level, predicates: [{ kind: 'equals', column: 'modality', values: [value] }, ...predicates] }), level);
    });
  }

  it.each<[string, Predicate]>([
    ['a modality of the study', { kind: 'modalities', values: ['ct'] }],
    ...(level === 'study' ? [] : [['a modality of the series', { kind: 'equals', column: 'modality', values: ['ct'] }] as [string, Predicate]]),
    ['years up to now', { kind: 'range', column: 'studyDate', from: 20210101 }],
  ])('given %s, which matches very many, then the newest rows are walked until the page is full', async (_, predicate) => {
    const { hits, docs, plans } = await look({ level, predicates: [predicate] });
    expect(plans.filter((one) => one.includes('COLLSCAN'))).toEqual([]);
    expect(hits).toBe(PAGE);
    // Below studies a batch of the walk is 1,000 keys.
    expect(docs).toBeLessThanOrEqual(level === 'study' ? PAGE : 1_000 + 600 + 4 * PAGE);
  });

  it.each<[string, Predicate, number]>([
    ['a part of a name', { kind: 'wildcard', column: 'patientName', pattern: `*oe${AT}^*` }, 1],
    ['the end of a name', { kind: 'wildcard', column: 'patientName', pattern: `*${AT}^john?` }, 1],
    ['a part of an identifier', { kind: 'wildcard', column: 'patientId', pattern: `*${AT >> 1}*` }, 2],
    ['a modality that is rare', { kind: 'modalities', values: ['opt'] }, 1],
    ['years long ago', { kind: 'range', column: 'studyDate', from: 20200101, to: 20210601 }, 10],
  ])('given %s, then keys of an index are read, and of the studies only those that match', async (_, predicate, matching) => {
    const { hits, docs, keys, plans } = await look({ level, predicates: [predicate] });
    expect(plans.filter((one) => one.includes('COLLSCAN'))).toEqual([]);
    expect(hits).toBe(Math.min(PAGE, matching * MOST[level]));
    if (level === 'study') expect({ docs, plans }).toEqual({ docs: hits, plans });
    expect(keys).toBeLessThanOrEqual(STUDIES * MOST[level] + 4_000);
  });

  it('given the beginning of a name, then only keys that begin so are read', async () => {
    expectNarrow(await look({ level, predicates: [{ kind: 'wildcard', column: 'patientName', pattern: `doe${AT}*` }] }), level);
  });

  const tags = ([['study', 1, `t${AT >> 2}`], ['series', 3, `t${AT}`], ['instance', 4, `t${AT}`]] as const).slice(0, { study: 1, series: 2, instance: 3 }[level]);
  it.each(tags)('given an extended query tag of %s level whose value few have, alone or beside a modality, then few rows are read', async (of, tag, value) => {
    const predicate: Predicate = { kind: 'tag', level: of, tag, isName: false, match: { kind: 'equals', value } };
    expectNarrow(await look({ level, predicates: [predicate] }), level);
    expectNarrow(await look({ level, predicates: [predicate, { kind: 'modalities', values: ['mr'] }] }), level);
  });

  it('given an extended query tag whose value very many have, then keys of its index are read, and rows until the page is full', async () => {
    const { hits, docs, plans } = await look({ level, predicates: [{ kind: 'tag', level: 'study', tag: 2, isName: false, match: { kind: 'equals', value: 'often' } }] });
    expect(plans.filter((one) => one.includes('COLLSCAN'))).toEqual([]);
    expect(hits).toBe(PAGE);
    // A batch of the walk is 1,000 keys.
    expect(docs).toBeLessThanOrEqual(level === 'study' ? 2 * 1_000 + PAGE : STUDIES + 1_000 + 600 + 4 * PAGE);
  });

  it('given nothing, then the newest rows', async () => {
    const { hits, docs, keys } = await look({ level, offset: 20 });
    expect(hits).toBe(PAGE);
    expect({ docs: docs <= 30 + 2 * PAGE, keys: keys <= 30 + 2 * PAGE }).toEqual({ docs: true, keys: true });
  });
});

describe('Plans of searches below a path', () => {
  const study = `1.${AT}`;
  const series = `${study}.2`;
  it.each<[Partial<SearchPlan>, number]>([
    [{ level: 'series', study }, 2], [{ level: 'instance', study }, 4], [{ level: 'instance', study, series }, 2],
    [{ level: 'series', study, predicates: [{ kind: 'equals', column: 'modality', values: ['mr'] }] }, 1],
    [{ level: 'series', study, predicates: [{ kind: 'equals', column: 'patientId', values: [`p${AT >> 1}`] }] }, 1 + 1],
    [{ level: 'instance', study, predicates: [{ kind: 'equals', column: 'modality', values: ['mr'] }] }, 2],
    [{ level: 'instance', study, predicates: [{ kind: 'equals', column: 'performedStartDate', values: [dayOf(AT)] }] }, 4],
    [{ level: 'instance', study, series, predicates: [{ kind: 'equals', column: 'sop', values: [`${series}.1`] }] }, 1],
    [{ level: 'instance', study, predicates: [{ kind: 'words', column: 'patientName', prefixes: [`doe${AT}`] }] }, 4],
  ])('given %j, then only rows of the study are read', async (over, found) => {
    const { hits, docs, plans } = await look(over);
    expect(plans.filter((one) => one.includes('COLLSCAN'))).toEqual([]);
    expect(hits).toBe(found);
    expect({ docs, plans, within: docs <= 20 }).toEqual({ docs, plans, within: true });
  });
});

describe('Plans of the other reads and of writes', () => {
  const scope = { partition: 1, study: `1.${AT}` };
  const version = { ...scope, series: `1.${AT}.1`, sop: `1.${AT}.1.1`, version: 'v1' };
  beforeAll(async () => {
    await store.commit({ writes: [
      insertCursor('next', 0), insertDecision('c', 'd'), put.set({ ...scope, digest: 's', attributes: '{}' }),
      ...Array.from({ length: 300 }, (_, at) => put.change({ logOffset: at, study: scope.study, ...(at < 290 && { sequence: at + 1, timestamp: `2026-01-01T00:00:00.${String(at).padStart(7, '0')}Z` }) })),
      ...Array.from({ length: 300 }, (_, at): Write => ({ op: 'put', table: 'due', row: { id: `${at}`, kind: 'remove-objects', notBefore: at, payload: '' } })),
      ...Array.from({ length: 300 }, (_, at): Write => ({ op: 'put', table: 'dooms', row: { id: `${at}`, partition: 1, study: `1.${at}`, series: '', sop: '', belowOrdinal: 1 } })),
    ] });
  });

  it.each<[string, (on: MongoMetadataStore) => Promise<unknown>, number]>([
    ['findPartition', (on) => on.findPartition('unknown'), 1], ['listPartitions', (on) => on.listPartitions(0), 1], ['readCursor', (on) => on.readCursor('next'), 1],
    ['findDecisions', (on) => on.findDecisions(['c', 'unknown']), 2], ['forgetDecisions', (on) => on.forgetDecisions(0), 0],
    ['findStudy', (on) => on.findStudy(1, scope.study), 1], ['findSeries', (on) => on.findSeries(1, scope.study, `1.${AT}.1`), 1], ['listSeries', (on) => on.listSeries(1, scope.study), 2],
    ['findInstance', (on) => on.findInstance(1, scope.study, version.series, version.sop), 1],
    ['listInstances of a study', (on) => on.listInstances(scope, { limit: 2 }), 2], ['listInstances of a series', (on) => on.listInstances({ ...scope, series: version.series }), 2],
    ['listInstances of an instance', (on) => on.listInstances(version), 1], ['summarizeInstances', (on) => on.summarizeInstances(scope), 4],
    ['findInstanceMetadata', (on) => on.findInstanceMetadata(1, scope.study, version.series, version.sop), 1], ['listInstanceMetadata', (on) => on.listInstanceMetadata(scope, -1, 2), 4],
    ['listAttributeSets', (on) => on.listAttributeSets('study', scope, { upToOrdinal: -1 }), 5], ['findAttributeSets', (on) => on.findAttributeSets(1, scope.study, ['s']), 1],
    ['listDooms', (on) => on.listDooms(1, '1.7'), 1], ['listUnnumberedChanges', (on) => on.listUnnumberedChanges(5), 5],
    ['listChanges', (on) => on.listChanges({ after: 100, upTo: 200, limit: 5 }), 7], ['sequenceAt', (on) => on.sequenceAt('2026-01-01T00:00:00.0000100Z'), 1], ['latestChange', (on) => on.latestChange(), 3],
    ['listVersionChanges', (on) => on.listVersionChanges(['unknown', 'unknown too']), 0],
    ['findKnownVersions', (on) => on.findKnownVersions([{ ...version, version: 'unknown' }]), 1], ['listDue', (on) => on.listDue('remove-objects', 200, 5), 5], ['listWebhooks', (on) => on.listWebhooks(), 0],
    ['listQueryTags', (on) => on.listQueryTags(), 0], ['findTagValues', (on) => on.findTagValues(1, [{ study: scope.study, series: '', sop: '', tag: 1 }, { study: 'x', series: '', sop: '', tag: 1 }]), 1],
    ['listTagValues', (on) => on.listTagValues(1, 5), 5], ['listTagErrors', (on) => on.listTagErrors(1, 0, 5), 0], ['countTagErrors', (on) => on.countTagErrors(), 0], ['listStudies', (on) => on.listStudies(1, 1_000_500, 5), 5],
    ['listRestorations of a study', (on) => on.listRestorations(scope, 5), 0], ['listRestorations', (on) => on.listRestorations(undefined, 5), 0], ['findRestoration', (on) => on.findRestoration(1, scope.study, 'x', 'x'), 0],
    ['findOperation', (on) => on.findOperation('unknown'), 0], ['listOpenOperations', (on) => on.listOpenOperations(['reindex']), 0],
  ])('given %s, then it reads no more than what it answers', async (_, read, most) => {
    const profile = await mongo.profile(() => read(store));
    expect(profile.length).toBeGreaterThan(0);
    expect(profile.filter((entry) => entry.plan.includes('COLLSCAN'))).toEqual([]);
    const docs = profile.reduce((total, entry) => total + entry.docs, 0);
    expect({ profile, docs, within: docs <= most }).toEqual({ profile, docs, within: true });
  });

  it.each<Write>([
    moveCursor('next', 0, 0),
    { op: 'update', table: 'changes', key: { logPartition: 0, logOffset: 295, place: 0 }, expect: { sequence: null }, set: { timestamp: null } },
    { op: 'remove', table: 'instances', key: { partition: 1, study: '1.3', series: '1.3.1', sop: '1.3.1.1' } },
    { op: 'remove', table: 'nameWords', key: { partition: 1, word: 'doe3', study: '1.3', attribute: 1 } },
    { op: 'removeAll', table: 'series', where: { partition: 1, study: '1.3' } },
    { op: 'removeAll', table: 'attributeSets', where: { partition: 1, study: '1.3' } },
    { op: 'removeAll', table: 'tagValues', where: { partition: 1, study: '1.3', series: '', sop: '' } },
    { op: 'remove', table: 'dooms', key: { id: '4' } },
    put.study({ study: '1.4', ordinal: 1 }),
  ])('given the write %j, then its rows are found by their key', async (write) => {
    const profile = (await mongo.profile(() => store.commit({ writes: [write] }))).filter(({ op }) => op === 'update' || op === 'remove');
    expect(profile).toHaveLength(1);
    expect(profile[0]!.plan).toMatch(/^(IDHACK|IXSCAN \{ _id: 1 \})$/);
    expect(profile[0]!.docs).toBeLessThanOrEqual(2);
  });
});
