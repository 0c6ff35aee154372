import { describe, expect, it } from '@jest/globals';

import { levelAttributes, levels } from './level-attributes.js';
import { dateNumber, foldName, foldString, nameWords, stringNumber, timeNumber } from './normalize.js';

describe('normal forms', () => {
  it.each([['ABC \0', 'abc'], ['Ébc', 'ébc'], ['E\u0301', 'é'], ['ΟΔΟΣ', 'οδοσ'], [' A', ' a'], ['', '']])('foldString %j', (text, folded) => {
    expect(foldString(text)).toBe(folded);
  });

  it.each([['Buc^Jérôme^^^', 'buc^jerome'], ['DOE^JOHN=ガ=', 'doe^john=ガ'], ['Ǻngström', 'angstrom'], ['A^B\0', 'a^b'], ['김희중', '김희중'], ['^^', '']])('foldName %j', (text, folded) => {
    expect(foldName(text)).toBe(folded);
  });

  it('takes words of all groups, each once', () => {
    expect(nameWords("O'Brien-Smith^Jérôme A.,Dr=山田^太郎=Dr")).toEqual(['o', 'brien', 'smith', 'jerome', 'a', 'dr', '山田', '太郎']);
    expect(nameWords(' ^=')).toEqual([]);
  });

  it.each([['20240131', 20240131], ['2024.01.31', 20240131], ['20240131 ', 20240131], ['2024.0131', undefined], ['20241301', undefined], ['20240100', undefined], ['20240229', 20240229], ['20230229', undefined], ['20240431', undefined], ['', undefined]])('dateNumber %j', (text, number) => {
    expect(dateNumber(text)).toBe(number);
  });

  it.each([['12', 120000000000], ['1230', 123000000000], ['123059.5', 123059500000], ['12:30:59', 123059000000], ['25', undefined], ['1', undefined], ['', undefined]])('timeNumber %j', (text, number) => {
    expect(timeNumber(text)).toBe(number);
  });

  it.each([['5', 5], ['+05 ', 5], ['1A', undefined], ['', undefined], [' ', undefined]])('stringNumber %j', (text, number) => {
    expect(stringNumber(text)).toBe(number);
  });
});

describe('levelAttributes', () => {
  it('ascends within each level', () => {
    for (const level of levels) {
      const tags = levelAttributes.filter((attribute) => attribute.level === level).map(({ tag }) => tag);
      expect(tags).toEqual([...tags].sort((a, b) => a - b));
    }
  });

  it('has the counts of the v2 conformance page', () => {
    const count = (level: string, key: 'v2Default' | 'v2Other') => levelAttributes.filter((attribute) => attribute.level === level && attribute[key]).length;
    expect(levels.map((level) => [count(level, 'v2Default'), count(level, 'v2Other')])).toEqual([[8, 16], [4, 9], [1, 9]]);
  });
});
