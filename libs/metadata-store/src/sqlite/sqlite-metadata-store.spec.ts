import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StandaloneFile } from '@isocenter/standalone-file';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMetadataStore } from '../metadata-store.contract.js';
import type { Level, Predicate, SearchPlan } from '../search-plan.js';
import { SEARCHABLE_ATTRIBUTES } from '../searchable-attributes.js';
import type { Write } from '../transaction.js';
import { compileSearch } from './compile-search.js';
import { compileWrite } from './compile-transaction.js';
import { metadataSchema } from './schema.js';
import { SqliteMetadataStore } from './sqlite-metadata-store.js';

describeMetadataStore('SQLite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'isocenter-metadata-'));
  const file = StandaloneFile.open(folder, [metadataSchema], 1);
  return {
    store: new SqliteMetadataStore(file),
    close: async () => {
      await file.close();
      rmSync(folder, { recursive: true });
    },
  };
});

describe('the plans of SQLite', () => {
  let folder: string;
  let file: StandaloneFile;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-metadata-'));
    file = StandaloneFile.open(folder, [metadataSchema], 1);
  });
  afterAll(async () => {
    await file.close();
    rmSync(folder, { recursive: true });
  });

  const planOf = (over: Partial<SearchPlan>): string[] => {
    const level = over.level ?? 'study';
    const { sql, params } = compileSearch({ level, partition: 1, predicates: [], withStudy: level !== 'study' && !over.study, withSeries: level === 'instance' && !over.series, offset: 0, limit: 100, ...over });
    return file.read(`EXPLAIN QUERY PLAN ${sql}`, params).map(({ detail }) => String(detail));
  };
  /** Reads of a whole table, or of a whole partition. */
  const wholeReads = (plan: readonly string[]): string[] => plan.filter((step) => step.startsWith('SCAN') || step.endsWith('(partition=?)'));
  const sorts = (plan: readonly string[]): string[] => plan.filter((step) => step.endsWith('FOR ORDER BY'));

  /** The Azure conformance page's searches that match few rows: by value, by a list of UIDs, by the words of a name, by a month. */
  function narrowSearches(level: Level): [string, Predicate][] {
    const rank = { study: 0, series: 1, instance: 2 };
    return SEARCHABLE_ATTRIBUTES.filter((attribute) => attribute.azure && rank[attribute.level] <= rank[level]).flatMap(({ keyword, column, matching }): [string, Predicate][] => {
      if (matching === 'modalities' || column === 'modality') return [];
      if (matching === 'date') return [[keyword, { kind: 'equals', column, values: [20240101] }], [`${keyword} of a month`, { kind: 'range', column, from: 20240115, to: 20240214 }]];
      if (matching === 'uid') return [[keyword, { kind: 'equals', column, values: ['1.2'] }], [`${keyword}, several`, { kind: 'equals', column, values: ['1.2', '1.3'] }]];
      if (matching === 'name') return [[keyword, { kind: 'equals', column, values: ['doe'] }], [`${keyword}, fuzzy`, { kind: 'words', column: column as 'patientName', prefixes: ['jo'] }], [`${keyword}, fuzzy, two words`, { kind: 'words', column: column as 'patientName', prefixes: ['jo', 'do'] }]];
      return [[keyword, { kind: 'equals', column, values: ['x'] }]];
    });
  }

  it('given the conformance page, then its searchable attributes are these', () => {
    expect(SEARCHABLE_ATTRIBUTES.filter(({ azure }) => azure).map(({ keyword }) => keyword).sort()).toEqual([
      'AccessionNumber', 'ManufacturerModelName', 'ModalitiesInStudy', 'Modality', 'PatientBirthDate', 'PatientID', 'PatientName', 'PerformedProcedureStepStartDate',
      'ReferringPhysicianName', 'SOPInstanceUID', 'SeriesInstanceUID', 'StudyDate', 'StudyDescription', 'StudyInstanceUID',
    ]);
  });

  describe.each<Level>(['study', 'series', 'instance'])('given a search of all, %s level', (level) => {
    it.each(narrowSearches(level))('by %s, then no table and no partition is read whole', (_, predicate) => {
      const plan = planOf({ level, predicates: [predicate] });
      expect({ plan, whole: wholeReads(plan) }).toEqual({ plan, whole: [] });
    });

    it.each(narrowSearches(level))('by %s and a modality, then the modality does not spoil it', (_, predicate) => {
      const plan = planOf({ level, predicates: [{ kind: 'modalities', values: ['ct'] }, predicate] });
      expect({ plan, whole: wholeReads(plan) }).toEqual({ plan, whole: [] });
    });

    it.each<[string, Predicate]>([
      ['modalities', { kind: 'modalities', values: ['ct'] }],
      ...(level === 'study' ? [] : [['a modality', { kind: 'equals', column: 'modality', values: ['ct'] }] as [string, Predicate]]),
      ...(level === 'study' ? [] : [['years', { kind: 'range', column: 'studyDate', from: 20200101 }] as [string, Predicate]]),
      ['a part of a name', { kind: 'wildcard', column: 'patientName', pattern: '*doe*' }],
    ])('by %s, which may match very many, then it walks from the newest on and stops when the page is full', (_, predicate) => {
      const plan = planOf({ level, predicates: [predicate] });
      expect({ plan, sorts: sorts(plan) }).toEqual({ plan, sorts: [] });
    });

    it.each((['study', 'series', 'instance'] as const).slice(0, { study: 1, series: 2, instance: 3 }[level]))('by an extended query tag of %s level, then no table and no partition is read whole', (of) => {
      const predicate: Predicate = { kind: 'tag', level: of, tag: 1, isName: false, match: { kind: 'equals', value: 'x' } };
      for (const predicates of [[predicate], [predicate, { kind: 'modalities', values: ['ct'] } as Predicate]]) {
        const plan = planOf({ level, predicates });
        expect({ plan, whole: wholeReads(plan) }).toEqual({ plan, whole: [] });
      }
    });

    it('by nothing, then it walks from the newest on', () => {
      const plan = planOf({ level });
      expect({ plan, sorts: sorts(plan) }).toEqual({ plan, sorts: [] });
      expect(plan[0]).toContain('by_ordinal (partition=?)');
    });
  });

  it('given a range of dates of studies, then the ordinals come from the index alone and only the page is read', () => {
    const plan = planOf({ predicates: [{ kind: 'range', column: 'studyDate', from: 20000101 }] });
    expect(plan).toContain('SEARCH studies USING COVERING INDEX studies_by_studyDate (partition=? AND studyDate>? AND studyDate<?)');
    expect(wholeReads(plan)).toEqual([]);
  });

  it('given the beginning of a name, then its index is used', () => {
    expect(planOf({ predicates: [{ kind: 'wildcard', column: 'patientName', pattern: 'doe*' }] })[0]).toContain('studies_by_patientName (partition=? AND patientName>? AND patientName<?)');
  });

  it.each<Partial<SearchPlan>>([
    { level: 'series', study: '1' }, { level: 'instance', study: '1' }, { level: 'instance', study: '1', series: '2' },
    { level: 'series', study: '1', predicates: [{ kind: 'equals', column: 'modality', values: ['ct'] }] },
    { level: 'instance', study: '1', predicates: [{ kind: 'equals', column: 'modality', values: ['ct'] }] },
    { level: 'instance', study: '1', series: '2', predicates: [{ kind: 'equals', column: 'sop', values: ['1.2'] }] },
  ])('given %j, then only rows of the study are read', (over) => {
    const plan = planOf(over);
    expect({ plan, whole: wholeReads(plan) }).toEqual({ plan, whole: [] });
  });

  it.each<Write>([
    { op: 'update', table: 'cursors', key: { name: 'a' }, expect: { position: 1 }, set: { position: 2 } },
    { op: 'update', table: 'changes', key: { logPartition: 0, logOffset: 1, place: 2 }, expect: { sequence: null }, set: { sequence: 1, timestamp: 't' } },
    { op: 'remove', table: 'instances', key: { partition: 1, study: '1', series: '2', sop: '3' } },
    { op: 'remove', table: 'nameWords', key: { partition: 1, word: 'doe', study: '1', attribute: 1 } },
    { op: 'removeAll', table: 'series', where: { partition: 1, study: '1' } },
    { op: 'removeAll', table: 'attributeSets', where: { partition: 1, study: '1' } },
    { op: 'remove', table: 'dooms', key: { id: 'a' } },
  ])('given the write %j, then its rows are found by their key', (write) => {
    const { sql, params } = compileWrite(write);
    const plan = file.read(`EXPLAIN QUERY PLAN ${sql}`, params).map(({ detail }) => String(detail));
    expect({ plan, whole: wholeReads(plan) }).toEqual({ plan, whole: [] });
    expect(plan).toHaveLength(1);
  });
});
