import { describe, expect, it } from '@jest/globals';
import { inOrderOfDecision } from './order-of-decision.js';

const order = (...changes: readonly (readonly [name: string, logPartition: number, decidedAt: number])[]): string =>
  inOrderOfDecision(changes.map(([name, logPartition, decidedAt]) => ({ name, logPartition, decidedAt }))).map(({ name }) => name).join('');

describe('inOrderOfDecision', () => {
  it('given changes of several log partitions, then the one decided first comes first', () => {
    expect(order(['b', 1, 20], ['d', 1, 40], ['a', 2, 10], ['c', 2, 30])).toBe('abcd');
  });

  it('given changes of one moment, then they stay as they came', () => {
    expect(order(['a', 1, 10], ['b', 1, 10], ['c', 2, 10])).toBe('abc');
  });

  it('given a clock that went back, then those of one partition stay in the order of their log', () => {
    expect(order(['a', 1, 50], ['b', 1, 10], ['c', 2, 20])).toBe('cab');
  });
});
