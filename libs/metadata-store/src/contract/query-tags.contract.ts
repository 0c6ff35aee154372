import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { QueryTagRow, TagErrorRow, TagValueRow } from '../rows.js';
import type { Level, SearchHit, SearchPlan, TagMatch, TagPredicate } from '../search-plan.js';
import type { Outcome, Write } from '../transaction.js';
import { plan, put } from './rows.contract.js';

const OF_STUDY = 1;
const OF_SERIES = 2;
const OF_INSTANCE = 3;
const NAME = 4;

function tagRow(over: Partial<QueryTagRow> = {}): QueryTagRow {
  return { path: '0040A30A', key: 1, vr: 'DS', privateCreator: null, level: 'instance', status: 'adding', queryStatus: 'enabled', operation: null, createdBy: 'me', createdAt: '2026-01-01T00:00:00.000Z', ...over };
}

function valueRow(tag: number, path: string, value: string, ordinal: number, over: Partial<TagValueRow> = {}): TagValueRow {
  const [study = '', series = '', sop = ''] = path.split('/');
  return { partition: 1, study, series, sop, tag, value, member: tag < 0 ? null : `{"vr":"LO","Value":["${value}"]}`, ordinal, ...over };
}

function errorRow(path: string, tag: number): TagErrorRow {
  const [study = '', series = '', sop = ''] = path.split('/');
  return { partition: 1, study, series, sop, tag, createdAt: '2026-01-01T00:00:00.000Z', message: 'It is no date.' };
}

/** Extended query tags: what is kept of them, and every way to search by them. `current` gives the store of the test that runs. */
export function describeQueryTags(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const committed = async (...writes: Write[]): Promise<void> => expect(await commit(...writes)).toEqual({ committed: true });
  const putValue = (row: TagValueRow): Write => ({ op: 'put', table: 'tagValues', row });
  beforeEach(() => {
    store = current();
  });

  describe('extended query tags', () => {
    it('given some, then all of them whole, in the order of their keys; a path is given once', async () => {
      const rows = [tagRow({ path: '00100040', key: 9, level: 'study' }), tagRow({ path: '12051003', key: 2, privateCreator: 'ACME', status: 'ready', queryStatus: 'disabled', operation: 'o' })];
      expect(await store.listQueryTags()).toEqual([]);
      await committed(...rows.map((row): Write => ({ op: 'insert', table: 'queryTags', row })));
      expect(await store.listQueryTags()).toEqual([rows[1], rows[0]]);
      expect(await commit({ op: 'insert', table: 'queryTags', row: tagRow({ path: '00100040', key: 10 }) })).toEqual({ committed: false, failed: 0 });
    });

    it('given values, then those of a key are found without its words, and a tag is emptied step by step', async () => {
      const rows = [valueRow(NAME, 'A', 'doe^john', 10), valueRow(OF_STUDY, 'A', 'x', 10), valueRow(OF_INSTANCE, 'A/A1/A11', 'y', 13)];
      await committed(...[...rows, valueRow(-NAME, 'A', 'doe', 10), valueRow(-NAME, 'A', 'john', 10), valueRow(NAME, 'A', 'other', 10, { partition: 2 })].map(putValue));
      const ofStudy = { study: 'A', series: '', sop: '' };
      expect(await store.findTagValues(1, [{ ...ofStudy, tag: NAME }, { ...ofStudy, tag: OF_SERIES }, { study: 'A', series: 'A1', sop: 'A11', tag: OF_INSTANCE }])).toEqual(expect.arrayContaining([rows[0], rows[2]]));
      expect(await store.findTagValues(1, [{ ...ofStudy, tag: NAME }])).toHaveLength(1);
      expect(await store.findTagValues(1, [])).toEqual([]);
      let removed = 0;
      for (;;) {
        const some = await store.listTagValues(NAME, 3);
        if (some.length === 0) break;
        removed += some.length;
        await committed(...some.map(({ partition, study, series, sop, tag, value }): Write => ({ op: 'remove', table: 'tagValues', key: { partition, study, series, sop, tag, value } })));
      }
      expect(removed).toBe(4);
      expect(await store.listTagValues(OF_STUDY, 10)).toEqual([rows[1]]);
    });

    it('given the values of a study, a series, an instance or a tag of one, then they are removed together', async () => {
      const rows = [valueRow(OF_STUDY, 'A', 'x', 10), valueRow(OF_SERIES, 'A/A1', 'x', 11), valueRow(OF_INSTANCE, 'A/A1/A11', 'x', 13), valueRow(NAME, 'A/A1/A11', 'x', 13), valueRow(OF_INSTANCE, 'A/A1/A12', 'x', 14), valueRow(OF_STUDY, 'B', 'x', 20)];
      const left = async (): Promise<number> => (await Promise.all([OF_STUDY, OF_SERIES, OF_INSTANCE, NAME].map((tag) => store.listTagValues(tag, 100)))).flat().length;
      await committed(...rows.map(putValue));
      await committed({ op: 'removeAll', table: 'tagValues', where: { partition: 1, study: 'A', series: 'A1', sop: 'A11', tag: NAME } });
      expect(await left()).toBe(5);
      await committed({ op: 'removeAll', table: 'tagValues', where: { partition: 1, study: 'A', series: 'A1', sop: 'A11' } });
      expect(await left()).toBe(4);
      await committed({ op: 'removeAll', table: 'tagValues', where: { partition: 1, study: 'A', series: 'A1', sop: '' } });
      expect(await left()).toBe(3);
      await committed({ op: 'removeAll', table: 'tagValues', where: { partition: 1, study: 'A' } });
      expect(await store.listTagValues(OF_STUDY, 100)).toEqual([rows[5]]);
      expect(await left()).toBe(1);
    });

    it('given errors, then those of a tag in order, a page at a time, and how many each has', async () => {
      const rows = [errorRow('A/A1/A11', 1), errorRow('A/A1/A12', 1), errorRow('B/B1/B11', 1), errorRow('A/A1/A11', 2)];
      expect([...(await store.countTagErrors())]).toEqual([]);
      await committed(...rows.toReversed().map((row): Write => ({ op: 'put', table: 'tagErrors', row })));
      expect(await store.listTagErrors(1, 0, 2)).toEqual(rows.slice(0, 2));
      expect(await store.listTagErrors(1, 2, 2)).toEqual([rows[2]]);
      expect(await store.listTagErrors(1, 3, 2)).toEqual([]);
      expect(new Map(await store.countTagErrors())).toEqual(new Map([[1, 3], [2, 1]]));
      await committed({ op: 'removeAll', table: 'tagErrors', where: { partition: 1, study: 'A', series: 'A1', sop: 'A11' } });
      expect(new Map(await store.countTagErrors())).toEqual(new Map([[1, 2]]));
    });

    it('given studies, then they are listed in the order of their first store, behind an ordinal', async () => {
      await committed(put.study({ study: 'B', ordinal: 20 }), put.study({ study: 'A', ordinal: 10, tags: '{"1":{}}' }), put.study({ study: 'C', ordinal: 30 }), put.study({ partition: 2, study: 'Z', ordinal: 5 }));
      expect((await store.listStudies(1, -1, 2)).map(({ study, tags }) => [study, tags])).toEqual([['A', '{"1":{}}'], ['B', null]]);
      expect((await store.listStudies(1, 20, 2)).map(({ study }) => study)).toEqual(['C']);
      expect(await store.listStudies(1, 30, 2)).toEqual([]);
    });
  });

  describe('search by extended query tags', () => {
    beforeEach(() => committed(...SEARCHED));
    const tag = (level: Level, key: number, match: TagMatch, isName = false): TagPredicate => ({ kind: 'tag', level, tag: key, isName, match });
    const equals = (value: string): TagMatch => ({ kind: 'equals', value });
    const found = async (level: Level, over: Partial<SearchPlan>): Promise<string[]> =>
      (await store.search(plan({ level, withStudy: level !== 'study' && over.study === undefined, withSeries: level === 'instance' && over.series === undefined, ...over }))).map(({ study, series, sop }: SearchHit) => sop ?? series ?? study);
    const by = (level: Level, ...predicates: SearchPlan['predicates']): Promise<string[]> => found(level, { predicates });

    it.each<[Level, TagPredicate, string[]]>([
      ['study', tag('study', OF_STUDY, equals('red')), ['C', 'A']],
      ['series', tag('study', OF_STUDY, equals('red')), ['C1', 'A2', 'A1']],
      ['instance', tag('study', OF_STUDY, equals('red')), ['C11', 'A21', 'A12', 'A11']],
      ['series', tag('series', OF_SERIES, equals('red')), ['B1', 'A2']],
      ['instance', tag('series', OF_SERIES, equals('red')), ['B11', 'A21']],
      ['instance', tag('instance', OF_INSTANCE, equals('red')), ['B11', 'A12']],
      ['study', tag('study', OF_STUDY, equals('re')), []],
      ['study', tag('study', 77, equals('red')), []],
    ])('given %s level and %j, then %j', async (level, predicate, names) => {
      expect(await by(level, predicate)).toEqual(names);
    });

    it('given ranges, then both ends are in them and one may be open', async () => {
      expect(await by('instance', tag('instance', 5, { kind: 'range', from: '20240101', to: '20240201' }))).toEqual(['A12', 'A11']);
      expect(await by('instance', tag('instance', 5, { kind: 'range', from: '20240201' }))).toEqual(['C11', 'A12']);
      expect(await by('instance', tag('instance', 5, { kind: 'range', to: '20240131' }))).toEqual(['A11']);
    });

    it('given wildcards, then they match as those of columns do', async () => {
      expect(await by('study', tag('study', OF_STUDY, { kind: 'wildcard', pattern: 'r?d*' }))).toEqual(['C', 'A']);
      expect(await by('study', tag('study', OF_STUDY, { kind: 'wildcard', pattern: '*[1]' }))).toEqual(['B']);
      expect(await by('study', tag('study', NAME, { kind: 'wildcard', pattern: 'doe^jo?n' }, true))).toEqual(['B', 'A']);
    });

    it('given names, then the first group or a word by its beginning; a word is no name', async () => {
      const words = (...prefixes: string[]): TagPredicate => tag('study', NAME, { kind: 'words', prefixes }, true);
      expect(await by('study', tag('study', NAME, equals('doe^john'), true))).toEqual(['B', 'A']);
      expect(await by('study', tag('study', NAME, equals('doe'), true))).toEqual([]);
      expect(await by('study', words('jo'))).toEqual(['B', 'A']);
      expect(await by('study', words('jo', '山'))).toEqual(['B']);
      expect(await by('instance', words('do'))).toEqual(['B11', 'A21', 'A12', 'A11']);
      expect(await by('study', words('x'))).toEqual([]);
    });

    it('given other predicates, paths and pages, then all hold', async () => {
      expect(await by('study', tag('study', OF_STUDY, equals('red')), { kind: 'equals', column: 'patientId', values: ['p1'] })).toEqual(['A']);
      expect(await by('study', tag('study', OF_STUDY, equals('red')), tag('study', NAME, { kind: 'words', prefixes: ['doe'] }, true))).toEqual(['A']);
      expect(await by('instance', tag('study', OF_STUDY, equals('red')), tag('instance', OF_INSTANCE, equals('red')))).toEqual(['A12']);
      expect(await by('instance', tag('series', OF_SERIES, equals('red')), { kind: 'words', column: 'patientName', prefixes: ['roe'] })).toEqual(['B11']);
      expect(await by('instance', tag('instance', OF_INSTANCE, equals('red')), { kind: 'equals', column: 'modality', values: ['ct'] })).toEqual(['A12']);
      expect(await found('instance', { study: 'A', predicates: [tag('instance', OF_INSTANCE, equals('red'))] })).toEqual(['A12']);
      expect(await found('instance', { study: 'A', series: 'A2', predicates: [tag('instance', OF_INSTANCE, equals('red'))] })).toEqual([]);
      expect(await found('series', { study: 'A', predicates: [tag('series', OF_SERIES, equals('red'))] })).toEqual(['A2']);
      expect(await found('instance', { limit: 1, predicates: [tag('instance', OF_INSTANCE, equals('red'))] })).toEqual(['B11']);
      expect(await found('instance', { limit: 5, offset: 1, predicates: [tag('instance', OF_INSTANCE, equals('red'))] })).toEqual(['A12']);
      expect(await found('study', { partition: 2, predicates: [tag('study', OF_STUDY, equals('red'))] })).toEqual(['Z']);
    });
  });
}

/** Studies A (two series, three instances), B and C of partition 1, Z of partition 2; a later letter is newer. */
const SEARCHED: Write[] = [
  put.study({ study: 'A', ordinal: 10, patientId: 'p1' }), put.study({ study: 'B', ordinal: 20, patientName: 'roe^richard' }), put.study({ study: 'C', ordinal: 30, patientId: 'p2' }), put.study({ partition: 2, study: 'Z', ordinal: 50 }),
  put.word('roe', 'B', 20), put.word('richard', 'B', 20),
  put.series({ study: 'A', series: 'A1', ordinal: 11, modality: 'ct' }), put.series({ study: 'A', series: 'A2', ordinal: 12, modality: 'mr' }), put.series({ study: 'B', series: 'B1', ordinal: 21 }), put.series({ study: 'C', series: 'C1', ordinal: 31 }),
  put.instance({ study: 'A', series: 'A1', sop: 'A11', ordinal: 13 }), put.instance({ study: 'A', series: 'A1', sop: 'A12', ordinal: 14 }), put.instance({ study: 'A', series: 'A2', sop: 'A21', ordinal: 15 }),
  put.instance({ study: 'B', series: 'B1', sop: 'B11', ordinal: 22 }), put.instance({ study: 'C', series: 'C1', sop: 'C11', ordinal: 32 }),
  ...[
    valueRow(OF_STUDY, 'A', 'red', 10), valueRow(OF_STUDY, 'B', 'blue [1]', 20), valueRow(OF_STUDY, 'C', 'red', 30), valueRow(OF_STUDY, 'Z', 'red', 50, { partition: 2 }),
    valueRow(OF_SERIES, 'A/A2', 'red', 12), valueRow(OF_SERIES, 'B/B1', 'red', 21), valueRow(OF_SERIES, 'A/A1', 'blue', 11),
    valueRow(OF_INSTANCE, 'A/A1/A12', 'red', 14), valueRow(OF_INSTANCE, 'B/B1/B11', 'red', 22),
    valueRow(5, 'A/A1/A11', '20240101', 13), valueRow(5, 'A/A1/A12', '20240201', 14), valueRow(5, 'C/C1/C11', '20250101', 32),
    valueRow(NAME, 'A', 'doe^john', 10), ...['doe', 'john'].map((word) => valueRow(-NAME, 'A', word, 10)),
    valueRow(NAME, 'B', 'doe^john=山田^太郎', 20), ...['doe', 'john', '山田', '太郎'].map((word) => valueRow(-NAME, 'B', word, 20)),
  ].map((row): Write => ({ op: 'put', table: 'tagValues', row })),
];
