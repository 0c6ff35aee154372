import { dialectPolicies, makeApiDocument, type Dialect } from '@isocenter/http';
import { SEARCHABLE_ATTRIBUTES, type Level } from '@isocenter/metadata-store';
import { describe, expect, it } from '@jest/globals';
import { parseSearch } from './parse-search.js';

const paths: readonly (readonly [string, Level, object])[] = [
  ['/studies', 'study', {}], ['/series', 'series', {}], ['/instances', 'instance', {}],
  ['/studies/{study}/series', 'series', { study: '1' }], ['/studies/{study}/instances', 'instance', { study: '1' }], ['/studies/{study}/series/{series}/instances', 'instance', { study: '1', series: '2' }],
];
const options = ['limit', 'offset', 'fuzzymatching', 'includefield'];

const isAccepted = (query: string, level: Level, over: object, dialect: Dialect): boolean => {
  try {
    return parseSearch({ level, partition: 1, query, ...over }, dialectPolicies[dialect].search).plan.predicates.length > 0;
  } catch {
    return false;
  }
};
/** One of them is a value of every attribute. */
const accepted = (keyword: string, level: Level, over: object, dialect: Dialect): boolean => ['1', '20260101'].some((value) => isAccepted(`${keyword}=${value}`, level, over, dialect));

describe('the search parameters of the API document', () => {
  it.each(['azure-v2', 'azure-v1'] as const)('given %s, then they are those that each resource can be searched by', (dialect) => {
    for (const [path, level, over] of paths) {
      const described = (makeApiDocument(dialect).paths[path]!.get!.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name).filter((name) => !options.includes(name));
      const searchable = SEARCHABLE_ATTRIBUTES.map(({ keyword }) => keyword).filter((keyword) => accepted(keyword, level, over, dialect));
      expect([path, [...described].sort()]).toEqual([path, [...searchable].sort()]);
    }
  });

  it('given /dicom-web, which can be searched by more, then all that is described can be searched by', () => {
    for (const [path, level, over] of paths) {
      const described = (makeApiDocument('dicom-web').paths[path]!.get!.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name).filter((name) => !options.includes(name));
      expect([path, described.filter((keyword) => !accepted(keyword, level, over, 'dicom-web'))]).toEqual([path, []]);
    }
  });
});
