import { describe, expect, it } from '@jest/globals';
import { wildcardExpression } from './wildcard-expression.js';

const source = (pattern: string, isName = false): unknown => {
  const made = wildcardExpression(pattern, isName);
  return 'pattern' in made ? made.pattern : made;
};

describe('wildcardExpression', () => {
  it.each([
    ['doe*', '^doe'], ['*doe', '^.*doe\\z'], ['*doe*', 'doe'], ['d?e', '^d.e\\z'], ['d*e', '^d.*e\\z'], ['a*b*c', '^a(?>.*?b).*c\\z'], ['*a*b*', '^(?>.*?a)(?>.*?b)'], ['?*', '^.'], ['a**b', '^a.*b\\z'],
  ])('given %s, then %s', (pattern, expression) => {
    expect(source(pattern)).toBe(expression);
  });

  it.each(['*', '**'])('given %s, then every text', (pattern) => {
    expect(source(pattern)).toEqual({ $gte: '' });
  });

  it('given what an expression knows, then it is itself', () => {
    expect(source('a.b[c](d)|{e}^$+\\*')).toBe('^a\\.b\\[c\\]\\(d\\)\\|\\{e\\}\\^\\$\\+\\\\');
  });

  it('given a name, then the pattern may end with its first group', () => {
    expect(source('doe^jo?n', true)).toBe('^doe\\^jo.n(?:=.*)?\\z');
    expect(source('doe*', true)).toBe('^doe');
  });
});
