import { describe, expect, it } from '@jest/globals';
import { formatSteps, parseSteps, stepsOf } from './feed-timestamp.js';

describe('feed timestamps', () => {
  it('given a time, when written and read, then it is the same, to 100 ns', () => {
    const steps = stepsOf(Date.UTC(2026, 10, 21, 9, 0, 0, 7)) + 1234n;
    expect(formatSteps(steps)).toBe('2026-11-21T09:00:00.0071234Z');
    expect(parseSteps(formatSteps(steps))).toBe(steps);
  });

  it('given consecutive steps over a second, then their texts sort as they do', () => {
    const first = stepsOf(Date.UTC(2026, 0, 1)) - 3n;
    const texts = [0n, 1n, 2n, 3n, 4n].map((n) => formatSteps(first + n));
    expect([...texts].sort()).toEqual(texts);
  });
});
