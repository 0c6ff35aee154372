import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { Level, Predicate, SearchHit, SearchPlan } from '../search-plan.js';
import type { Outcome, Write } from '../transaction.js';
import { plan, put } from './rows.contract.js';

/** Every kind of predicate at every level. `current` gives the store of the test that runs. */
export function describeSearch(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const committed = async (...writes: Write[]): Promise<void> => expect(await commit(...writes)).toEqual({ committed: true });
  beforeEach(() => {
    store = current();
  });

  describe('search', () => {
    beforeEach(() => committed(...SEARCHED));
    const found = async (over: Partial<SearchPlan>): Promise<string[]> => (await store.search(plan(over))).map(nameOf);
    const by = (...predicates: Predicate[]): Promise<string[]> => found({ predicates });

    it('given no predicate, then all of the partition, newest first, at every level', async () => {
      expect(await by()).toEqual(['D', 'C', 'B', 'A']);
      expect(await found({ level: 'series', withStudy: true })).toEqual(['D1', 'C1', 'B1', 'A2', 'A1']);
      expect(await found({ level: 'instance', withStudy: true, withSeries: true })).toEqual(['D11', 'C11', 'B11', 'A21', 'A12', 'A11']);
      expect(await found({ partition: 2 })).toEqual(['Z']);
      expect(await found({ partition: 3 })).toEqual([]);
    });

    it('given the UIDs of a path, then only what is below them', async () => {
      expect(await found({ level: 'series', study: 'A' })).toEqual(['A2', 'A1']);
      expect(await found({ level: 'instance', study: 'A', withSeries: true })).toEqual(['A21', 'A12', 'A11']);
      expect(await found({ level: 'instance', study: 'A', series: 'A1' })).toEqual(['A12', 'A11']);
      expect(await found({ level: 'instance', study: 'B', series: 'A1' })).toEqual([]);
      expect(await found({ level: 'instance', partition: 2, study: 'A' })).toEqual([]);
    });

    it('given pages, then they follow each other, and past the end there is nothing', async () => {
      const all = await found({ level: 'instance' });
      for (const limit of [1, 2, 5, 50]) {
        const pages: string[] = [];
        for (let offset = 0; offset < all.length; offset += limit) pages.push(...(await found({ level: 'instance', offset, limit })));
        expect(pages).toEqual(all);
      }
      expect(await found({ offset: 4 })).toEqual([]);
    });

    it('given pages of each way to search, then they are those of the whole answer', async () => {
      const ways: Predicate[] = [
        { kind: 'range', column: 'studyDate', from: 20200101, to: 20251231 }, { kind: 'words', column: 'patientName', prefixes: ['d'] },
        { kind: 'equals', column: 'patientId', values: ['p1', 'p2'] }, { kind: 'wildcard', column: 'patientName', pattern: '*o*' }, { kind: 'modalities', values: ['ct', 'mr'] },
      ];
      for (const predicate of ways) {
        const whole = await by(predicate);
        expect(whole.length).toBeGreaterThan(1);
        expect([...(await found({ predicates: [predicate], limit: 1 })), ...(await found({ predicates: [predicate], limit: 50, offset: 1 }))]).toEqual(whole);
      }
    });

    describe('equals', () => {
      it.each<[Level, Predicate, string[]]>([
        ['study', { kind: 'equals', column: 'study', values: ['B'] }, ['B']],
        ['study', { kind: 'equals', column: 'study', values: ['B', 'D', 'none'] }, ['D', 'B']],
        ['study', { kind: 'equals', column: 'patientId', values: ['p1'] }, ['B', 'A']],
        ['study', { kind: 'equals', column: 'accessionNumber', values: ['acc'] }, ['C']],
        ['study', { kind: 'equals', column: 'description', values: ['thorax [1]'] }, ['A']],
        ['study', { kind: 'equals', column: 'studyDate', values: [20240315] }, ['B']],
        ['study', { kind: 'equals', column: 'birthDate', values: [19700101] }, ['B', 'A']],
        ['study', { kind: 'equals', column: 'studyId', values: ['id'] }, ['D']],
        ['study', { kind: 'equals', column: 'referringPhysician', values: ['ref^rita'] }, ['A']],
        ['series', { kind: 'equals', column: 'series', values: ['A1', 'D1'] }, ['D1', 'A1']],
        ['series', { kind: 'equals', column: 'modality', values: ['ct'] }, ['B1', 'A1']],
        ['series', { kind: 'equals', column: 'manufacturerModel', values: ['model'] }, ['B1']],
        ['series', { kind: 'equals', column: 'performedStartDate', values: [20240316] }, ['B1']],
        ['series', { kind: 'equals', column: 'seriesNumber', values: [7] }, ['A2']],
        ['series', { kind: 'equals', column: 'seriesDescription', values: ['axial'] }, ['A2']],
        ['series', { kind: 'equals', column: 'patientId', values: ['p1'] }, ['B1', 'A2', 'A1']],
        ['series', { kind: 'equals', column: 'study', values: ['A'] }, ['A2', 'A1']],
        ['instance', { kind: 'equals', column: 'sop', values: ['A12', 'C11'] }, ['C11', 'A12']],
        ['instance', { kind: 'equals', column: 'sopClass', values: ['sr'] }, ['D11']],
        ['instance', { kind: 'equals', column: 'instanceNumber', values: [2] }, ['A12']],
        ['instance', { kind: 'equals', column: 'modality', values: ['ct'] }, ['B11', 'A12', 'A11']],
        ['instance', { kind: 'equals', column: 'patientId', values: ['p1'] }, ['B11', 'A21', 'A12', 'A11']],
        ['instance', { kind: 'equals', column: 'series', values: ['A1'] }, ['A12', 'A11']],
      ])('given %s level and %j, then %j', async (level, predicate, names) => {
        expect(await found({ level, predicates: [predicate] })).toEqual(names);
      });

      it('given a name, then it is the first group of what is stored', async () => {
        const name = (value: string): Promise<string[]> => by({ kind: 'equals', column: 'patientName', values: [value] });
        expect(await name('doe^john')).toEqual(['C', 'A']);
        expect(await name('doe^john=山田^太郎=やまだ^たろう')).toEqual(['C']);
        expect(await name('doe')).toEqual([]);
        expect(await name('doe^johnny')).toEqual(['B']);
      });
    });

    describe('range', () => {
      const range = (column: 'studyDate' | 'birthDate' | 'studyTime', from?: number, to?: number): Predicate => ({ kind: 'range', column, from, to });
      it('given ends, then both are inclusive and an absent one is open', async () => {
        expect(await by(range('studyDate', 20240101, 20240315))).toEqual(['B', 'A']);
        expect(await by(range('studyDate', 20240102, 20240314))).toEqual([]);
        expect(await by(range('studyDate', 20240102))).toEqual(['C', 'B']);
        expect(await by(range('studyDate', undefined, 20240101))).toEqual(['A']);
        expect(await by(range('birthDate', 19600101, 19800101))).toEqual(['B', 'A']);
        expect(await by(range('studyTime', 80_000_000_000, 120_000_000_000))).toEqual(['A']);
      });

      it('given another predicate beside it, or another level, then both hold', async () => {
        expect(await by(range('studyDate', 20240101), { kind: 'equals', column: 'patientId', values: ['p1'] })).toEqual(['B', 'A']);
        expect(await by(range('studyDate', 20240101), range('birthDate', 19700101, 19700101))).toEqual(['B', 'A']);
        expect(await found({ level: 'series', predicates: [range('studyDate', 20240102)] })).toEqual(['C1', 'B1']);
        expect(await found({ level: 'instance', predicates: [range('studyDate', undefined, 20240101)] })).toEqual(['A21', 'A12', 'A11']);
      });
    });

    describe('wildcard', () => {
      const like = (pattern: string, column: 'patientName' | 'patientId' | 'description' | 'accessionNumber' = 'patientName'): Promise<string[]> => by({ kind: 'wildcard', column, pattern });
      it('given * and ?, then any characters and one character', async () => {
        expect(await like('doe*')).toEqual(['C', 'B', 'A']);
        expect(await like('*roe*')).toEqual(['D']);
        expect(await like('p?', 'patientId')).toEqual(['C', 'B', 'A']);
        expect(await like('?', 'patientId')).toEqual([]);
        expect(await like('*', 'accessionNumber')).toEqual(['C']);
      });

      it('given a name with several groups, then the pattern is for the first or for the whole', async () => {
        expect(await like('doe^jo?n')).toEqual(['C', 'A']);
        expect(await like('*山田*')).toEqual(['C']);
        expect(await like('*^太郎')).toEqual(['C']);
        expect(await like('太郎*')).toEqual([]);
      });

      it('given characters that a pattern language may know, then they are themselves', async () => {
        expect(await like('thorax [1]*', 'description')).toEqual(['A']);
        expect(await like('*[1*', 'description')).toEqual(['A']);
        expect(await like('thorax [12]', 'description')).toEqual([]);
        expect(await like('100%_*', 'description')).toEqual(['B']);
        expect(await like('1__%*', 'description')).toEqual([]);
        expect(await like('a.b*', 'description')).toEqual([]);
        expect(await like('a+b(c)\\*', 'description')).toEqual(['C']);
      });
    });

    describe('words', () => {
      const words = (...prefixes: string[]): Predicate => ({ kind: 'words', column: 'patientName', prefixes });
      it('given prefixes, then each starts a word of the name', async () => {
        expect(await by(words('jo'))).toEqual(['C', 'B', 'A']);
        expect(await by(words('jo', 'do'))).toEqual(['C', 'B', 'A']);
        expect(await by(words('johnn', 'doe'))).toEqual(['B']);
        expect(await by(words('ohn'))).toEqual([]);
        expect(await by(words('山'))).toEqual(['C']);
        expect(await by(words('doe', 'roe'))).toEqual([]);
      });

      it('given two words of one name with the prefix, then the study is found once', async () => {
        expect(await by(words('r'))).toEqual(['D']);
        expect(await found({ predicates: [words('r')], limit: 1, offset: 1 })).toEqual([]);
      });

      it('given the other name, then its words are others', async () => {
        expect(await by({ kind: 'words', column: 'referringPhysician', prefixes: ['ri'] })).toEqual(['A']);
        expect(await by({ kind: 'words', column: 'referringPhysician', prefixes: ['doe'] })).toEqual([]);
      });

      it('given other levels and predicates, then all hold', async () => {
        expect(await found({ level: 'series', predicates: [words('jo')] })).toEqual(['C1', 'B1', 'A2', 'A1']);
        expect(await found({ level: 'instance', predicates: [words('jo'), { kind: 'equals', column: 'modality', values: ['mr'] }] })).toEqual(['C11', 'A21']);
        expect(await by(words('jo'), { kind: 'range', column: 'studyDate', from: 20240102 })).toEqual(['C', 'B']);
      });
    });

    describe('modalities', () => {
      it('given values, then studies that have one of them', async () => {
        expect(await by({ kind: 'modalities', values: ['mr'] })).toEqual(['C', 'A']);
        expect(await by({ kind: 'modalities', values: ['ct', 'sr'] })).toEqual(['D', 'B', 'A']);
        expect(await by({ kind: 'modalities', values: ['c'] })).toEqual([]);
        expect(await by({ kind: 'modalities', values: ['us'] })).toEqual([]);
      });

      it('given other levels and predicates, then all hold', async () => {
        expect(await found({ level: 'series', predicates: [{ kind: 'modalities', values: ['mr'] }] })).toEqual(['C1', 'A2', 'A1']);
        expect(await found({ level: 'instance', predicates: [{ kind: 'modalities', values: ['mr'] }, { kind: 'equals', column: 'instanceNumber', values: [2] }] })).toEqual(['A12']);
        expect(await by({ kind: 'modalities', values: ['ct'] }, { kind: 'equals', column: 'patientId', values: ['p1'] }, { kind: 'range', column: 'studyDate', from: 20240102 })).toEqual(['B']);
      });
    });

    describe('what a match holds', () => {
      it('given a study, then its members and counts', async () => {
        const [hit] = await store.search(plan({ predicates: [{ kind: 'equals', column: 'study', values: ['A'] }] }));
        expect(hit).toEqual({ study: 'A', studyAzureDefault: '"a":1', studyAttributes: '"a":1,"b":2', seriesCount: 2, studyInstanceCount: 3, modalities: '\\ct\\mr\\' });
      });

      it('given the levels above, then theirs only where they are wanted', async () => {
        const keys = (hit: SearchHit | undefined): string[] => Object.keys(hit!).sort();
        const ofSeries = ['series', 'seriesAttributes', 'seriesAzureDefault', 'seriesInstanceCount', 'study'];
        const ofStudy = ['modalities', 'seriesCount', 'studyAttributes', 'studyAzureDefault', 'studyInstanceCount'];
        expect(keys((await store.search(plan({ level: 'series', study: 'A' })))[0])).toEqual(ofSeries);
        expect(keys((await store.search(plan({ level: 'series', withStudy: true })))[0])).toEqual([...ofSeries, ...ofStudy].sort());
        expect(keys((await store.search(plan({ level: 'instance', study: 'A', series: 'A1' })))[0])).toEqual(['instanceAttributes', 'series', 'sop', 'study', 'transferSyntax']);
        expect(keys((await store.search(plan({ level: 'instance', withStudy: true, withSeries: true })))[0])).toEqual([...ofSeries, ...ofStudy, 'instanceAttributes', 'sop', 'transferSyntax'].sort());
      });
    });
  });
}

function nameOf({ study, series, sop }: SearchHit): string {
  return sop ?? series ?? study;
}

/** Studies A (two series, three instances), B, C, D of partition 1 and Z of partition 2; a later letter is newer. */
const SEARCHED: Write[] = [
  put.study({ study: 'A', ordinal: 10, patientId: 'p1', patientName: 'doe^john', birthDate: 19700101, referringPhysician: 'ref^rita', studyDate: 20240101, studyTime: 101112000000, description: 'thorax [1]', modalities: '\\ct\\mr\\', seriesCount: 2, instanceCount: 3 }),
  put.study({ study: 'B', ordinal: 20, patientId: 'p1', patientName: 'doe^johnny', birthDate: 19700101, studyDate: 20240315, studyTime: 230000000000, description: '100%_sure', modalities: '\\ct\\' }),
  put.study({ study: 'C', ordinal: 30, patientId: 'p2', patientName: 'doe^john=山田^太郎=やまだ^たろう', accessionNumber: 'acc', studyDate: 20250101, description: 'a+b(c)\\d', modalities: '\\mr\\' }),
  put.study({ study: 'D', ordinal: 40, patientName: 'roe^richard', studyId: 'id', modalities: '\\sr\\' }),
  put.study({ partition: 2, study: 'Z', ordinal: 50, patientId: 'p1', patientName: 'doe^john', studyDate: 20240101, modalities: '\\ct\\' }),
  put.series({ study: 'A', series: 'A1', ordinal: 11, modality: 'ct' }),
  put.series({ study: 'A', series: 'A2', ordinal: 12, modality: 'mr', seriesNumber: 7, description: 'axial' }),
  put.series({ study: 'B', series: 'B1', ordinal: 21, modality: 'ct', manufacturerModel: 'model', performedStartDate: 20240316 }),
  put.series({ study: 'C', series: 'C1', ordinal: 31, modality: 'mr' }),
  put.series({ study: 'D', series: 'D1', ordinal: 41, modality: 'sr' }),
  put.series({ partition: 2, study: 'Z', series: 'Z1', ordinal: 51, modality: 'ct' }),
  put.instance({ study: 'A', series: 'A1', sop: 'A11', ordinal: 13, instanceNumber: 1 }),
  put.instance({ study: 'A', series: 'A1', sop: 'A12', ordinal: 14, instanceNumber: 2 }),
  put.instance({ study: 'A', series: 'A2', sop: 'A21', ordinal: 15, instanceNumber: 1 }),
  put.instance({ study: 'B', series: 'B1', sop: 'B11', ordinal: 22 }),
  put.instance({ study: 'C', series: 'C1', sop: 'C11', ordinal: 32 }),
  put.instance({ study: 'D', series: 'D1', sop: 'D11', ordinal: 42, sopClass: 'sr' }),
  put.instance({ partition: 2, study: 'Z', series: 'Z1', sop: 'Z11', ordinal: 52 }),
  ...['doe', 'john'].map((word) => put.word(word, 'A', 10)), put.word('ref', 'A', 10, 2), put.word('rita', 'A', 10, 2),
  ...['doe', 'johnny'].map((word) => put.word(word, 'B', 20)),
  ...['doe', 'john', '山田', '太郎', 'やまだ', 'たろう'].map((word) => put.word(word, 'C', 30)),
  ...['roe', 'richard'].map((word) => put.word(word, 'D', 40)),
  { op: 'put', table: 'nameWords', row: { partition: 2, word: 'doe', study: 'Z', attribute: 1, ordinal: 50 } },
];
