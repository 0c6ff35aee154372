import { BadRequest, dialectPolicies } from '@isocenter/http';
import { SEARCHABLE_ATTRIBUTES, type Level } from '@isocenter/metadata-store';
import { describe, expect, it } from '@jest/globals';
import { parseSearch, type ParsedSearch, type SearchRequest } from './parse-search.js';

const v2 = dialectPolicies['azure-v2'].search;
const web = dialectPolicies['dicom-web'].search;

function parse(query: string, policy = v2, over: Partial<SearchRequest> = {}): ParsedSearch {
  return parseSearch({ level: 'study', partition: 1, query, ...over }, policy);
}

/** The conformance page's table: attributes by path. */
const STUDY = ['StudyInstanceUID', 'PatientName', 'PatientID', 'PatientBirthDate', 'AccessionNumber', 'ReferringPhysicianName', 'StudyDate', 'StudyDescription', 'ModalitiesInStudy'];
const SERIES = ['SeriesInstanceUID', 'Modality', 'PerformedProcedureStepStartDate', 'ManufacturerModelName'];
const INSTANCE = ['SOPInstanceUID'];
const PATHS: { name: string; level: Level; study?: string; series?: string; searchable: string[] }[] = [
  { name: 'all studies', level: 'study', searchable: STUDY },
  { name: 'all series', level: 'series', searchable: [...STUDY, ...SERIES] },
  { name: 'all instances', level: 'instance', searchable: [...STUDY, ...SERIES, ...INSTANCE] },
  { name: "a study's series", level: 'series', study: '1', searchable: SERIES },
  { name: "a study's instances", level: 'instance', study: '1', searchable: [...SERIES, ...INSTANCE] },
  { name: "a series' instances", level: 'instance', study: '1', series: '2', searchable: INSTANCE },
];
const VALUES: Record<string, string> = { date: '20240101', time: '10', integer: '1', uid: '1.2', name: 'x', string: 'x', modalities: 'CT' };

describe('parseSearch', () => {
  describe.each(PATHS)('given $name', ({ level, study, series, searchable }) => {
    it.each(SEARCHABLE_ATTRIBUTES)('and $keyword, then /v2 searches by it as the conformance page says, or answers 400', ({ keyword, tag, matching }) => {
      const ask = (typed: string): ParsedSearch => parse(`${typed}=${VALUES[matching]}`, v2, { level, study, series });
      if (searchable.includes(keyword)) {
        expect(ask(keyword).plan.predicates).toHaveLength(1);
        expect(ask(tag.toString(16).padStart(8, '0'))).toEqual(ask(keyword));
        expect(ask(tag.toString(16).toUpperCase().padStart(8, '0'))).toEqual(ask(keyword));
      } else {
        expect(() => ask(keyword)).toThrow(BadRequest);
        expect(() => ask(keyword)).toThrow(keyword);
      }
    });

    it.each(SEARCHABLE_ATTRIBUTES)('and $keyword, then /dicom-web searches by it where the level has it, or passes it over', ({ keyword, level: own, matching }) => {
      const rank = { study: 0, series: 1, instance: 2 };
      const { plan, ignored } = parse(`${keyword}=${VALUES[matching]}`, web, { level, study, series });
      const here = rank[own] <= rank[level];
      expect({ count: plan.predicates.length, ignored }).toEqual(here ? { count: 1, ignored: [] } : { count: 0, ignored: [keyword] });
    });

    it('then the levels above are joined that the path does not name', () => {
      const { plan } = parse('', v2, { level, study, series });
      expect(plan).toMatchObject({ level, study, series, withStudy: level !== 'study' && study === undefined, withSeries: level === 'instance' && series === undefined });
    });
  });

  describe('limit and offset', () => {
    it.each([['', 100, 0], ['limit=1', 1, 0], ['limit=200&offset=7', 200, 7], ['LIMIT=5&Offset=0', 5, 0]])('given /v2 and "%s", then limit %d and offset %d', (query, limit, offset) => {
      expect(parse(query).plan).toMatchObject({ limit, offset });
    });

    it.each(['limit=0', 'limit=201', 'limit=-1', 'limit=1.5', 'limit=x', 'limit=', 'limit=1&limit=2', 'offset=-1', 'offset=x', 'offset=', 'offset=1&offset=1', 'limit=99999999999999999999'])('given /v2 and "%s", then 400 that names it', (query) => {
      expect(() => parse(query)).toThrow(BadRequest);
      expect(() => parse(query)).toThrow(query.split('=')[0]);
    });

    it('given /dicom-web, then a larger limit is the greatest allowed, and what OHIF sends is fine', () => {
      expect(parse('limit=101&offset=0', web).plan).toMatchObject({ limit: 101, offset: 0 });
      expect(parse('limit=100000', web).plan.limit).toBe(5_000);
      expect(parse('', web).plan.limit).toBe(1_000);
    });
  });

  describe('fuzzymatching', () => {
    it.each([['fuzzymatching=true', 'words'], ['FuzzyMatching=True', 'words'], ['fuzzymatching=false', 'equals'], ['', 'equals']])('given "%s", then a name is matched by %s, wherever the parameter stands', (query, kind) => {
      expect(parse(`${query}&PatientName=jo`).plan.predicates).toMatchObject([{ kind, column: 'patientName' }]);
      expect(parse(`ReferringPhysicianName=jo&${query}`).plan.predicates).toMatchObject([{ kind, column: 'referringPhysician' }]);
    });

    it.each(['fuzzymatching=yes', 'fuzzymatching=', 'fuzzymatching=1'])('given "%s", then 400', (query) => {
      expect(() => parse(query)).toThrow(/fuzzymatching.*true and false/);
    });
  });

  describe('includefield', () => {
    it.each(['includefield=00081030&includefield=00080060', 'includefield=00081030,00080060', 'IncludeField=StudyDescription, Modality'])('given "%s", then both fields', (query) => {
      expect([...parse(query).included]).toEqual(['00081030', '00080060']);
    });

    it('given all, then all, also beside others', () => {
      expect(parse('includefield=all').includeAll).toBe(true);
      expect(parse('includefield=PatientSex,ALL')).toMatchObject({ includeAll: true });
      expect(parse('includefield=PatientSex').includeAll).toBe(false);
    });

    it.each(['includefield=NoSuchThing', 'includefield=', 'includefield=00091001', 'includefield=SOPInstanceUID'])('given "%s", then it is no error in any dialect', (query) => {
      expect(() => parse(query)).not.toThrow();
      expect(parse(query, web).ignored).toEqual([]);
    });
  });

  it('given attributes that are matched, then the answer holds them', () => {
    expect([...parse('PatientID=1&ModalitiesInStudy=CT').included]).toEqual(['00100020', '00080061']);
  });

  it.each(['NoSuchThing=1', '0010=1', '00280011=512', 'PatientSex=M', '00080201=x'])('given the key of "%s", then /v2 answers 400, and /dicom-web passes it over and says so', (query) => {
    expect(() => parse(query)).toThrow(BadRequest);
    expect(parse(query, web).ignored).toEqual([query.split('=')[0]]);
  });

  it('given an attribute twice, by keyword and by tag, then 400', () => {
    expect(() => parse('PatientID=1&00100020=2')).toThrow(/'00100020' is given twice/);
  });

  it('given percent-encoding and +, then they are decoded', () => {
    expect(parse('PatientName=D%C3%B6e%5EJane+Ann').plan.predicates).toEqual([{ kind: 'equals', column: 'patientName', values: ['doe^jane ann'] }]);
  });

  it('given what OHIF sends, then it is understood', () => {
    const { plan, ignored } = parse('PatientName=*x*&00100020=*id*&AccessionNumber=*a*&ModalitiesInStudy=CT,MR&StudyDate=20240101-20240201&fuzzymatching=false&includefield=00081030,00080060&limit=101&offset=0', web);
    expect(ignored).toEqual([]);
    expect(plan.predicates).toEqual([
      { kind: 'wildcard', column: 'patientName', pattern: '*x*' }, { kind: 'wildcard', column: 'patientId', pattern: '*id*' }, { kind: 'wildcard', column: 'accessionNumber', pattern: '*a*' },
      { kind: 'modalities', values: ['ct', 'mr'] }, { kind: 'range', column: 'studyDate', from: 20240101, to: 20240201 },
    ]);
  });
});
