import { describe, expect, it } from '@jest/globals';
import { dialectPolicies } from './dialect-policy.js';

describe('dialectPolicies', () => {
  it('given a dialect, then its policy names it', () => {
    for (const [dialect, policy] of Object.entries(dialectPolicies)) expect(policy.dialect).toBe(dialect);
  });

  it('given v1 and v2, then they differ in validation, default attributes and the paging of the feed only where the texts say so', () => {
    const { 'azure-v1': v1, 'azure-v2': v2 } = dialectPolicies;
    expect([v1.store.invalidSearchable, v2.store.invalidSearchable]).toEqual(['fail', 'warn']);
    expect([v1.changeFeed.limit, v2.changeFeed.limit]).toEqual([{ standard: 10, max: 100, above: 'refuse' }, { standard: 100, max: 200, above: 'refuse' }]);
    expect(v1.search.limit).toEqual(v2.search.limit);
  });

  it('given limits, then the standard one is allowed', () => {
    for (const { search, changeFeed } of Object.values(dialectPolicies)) for (const { standard, max } of [search.limit, changeFeed.limit]) expect(standard).toBeLessThanOrEqual(max);
  });
});
