import { describe, expect, it } from '@jest/globals';
import { Ordinals } from './ordinals.js';

describe('Ordinals', () => {
  it('given many, then each is greater than the one before and about the time in microseconds', () => {
    const ordinals = new Ordinals(0, 3);
    const given = Array.from({ length: 1_000 }, () => ordinals.next());
    expect(given).toEqual([...new Set(given)].sort((a, b) => a - b));
    expect(Math.abs(given[0]! - Date.now() * 1000)).toBeLessThan(60_000_000);
    expect(ordinals.last).toBe(given.at(-1));
  });

  it('given log partitions that count at the same time, then no two give the same', () => {
    const all = Array.from({ length: 32 }, (_, partition) => new Ordinals(0, partition)).flatMap((ordinals) => Array.from({ length: 100 }, () => ordinals.next()));
    expect(new Set(all).size).toBe(all.length);
  });

  it('given a last one ahead of the clock, then it goes on behind that', () => {
    const ahead = Date.now() * 1000 + 1e12;
    expect(new Ordinals(ahead, 0).next()).toBeGreaterThan(ahead);
  });
});
