import { describe, expect, it } from '@jest/globals';
import { barOf, describeProgress } from './describe-progress.js';
import { Rate } from './show-progress.js';
import { Tally } from './tally.js';
import { bytesInWords, durationInWords } from './words.js';

const some = (): Tally => {
  const tally = new Tally();
  tally.add('a', 400_000, { kind: 'stored' });
  tally.add('b', 100_000, { kind: 'failed', why: 'x' });
  return tally;
};

describe('describeProgress', () => {
  it('given that all is counted, then files, bytes, rate, time left and what failed', () => {
    const tally = some();
    tally.inFlight = 250_000;
    const counted = { files: 1_200, bytes: 1_000_000, complete: true };
    expect(describeProgress(tally, counted, 50_000)).toBe('2 of 1,200 files, 750 kB of 1.00 MB (75 %), 50.0 kB/s, 5 s left, 1 failed');
    expect(barOf(tally, counted)).toBe(`[${'█'.repeat(18)}${'░'.repeat(6)}] `);
  });

  it('given that it is still counted, then it does not guess what is left', () => {
    const counted = { files: 3, bytes: 600_000, complete: false };
    expect(describeProgress(some(), counted, undefined)).toBe('2 of at least 3 files, 500 kB, 1 failed');
    expect(barOf(some(), counted)).toBe('');
  });

  it('given files of no bytes, or that nothing moves, then there is no time left', () => {
    expect(describeProgress(new Tally(), { files: 1, bytes: 0, complete: true }, undefined)).toBe('0 of 1 files, 0 B of 0 B (100 %)');
    expect(describeProgress(some(), { files: 9, bytes: 1_000_000, complete: true }, 0)).not.toContain('left');
  });
});

describe('Rate', () => {
  it('given an even pace, then that; given another, then the newer counts more', () => {
    const rate = new Rate();
    rate.sample(0, 0);
    expect(rate.perSecond).toBeUndefined();
    for (let second = 1; second <= 10; second += 1) rate.sample(second * 1000, second * 1000);
    expect(rate.perSecond).toBeCloseTo(1000);
    rate.sample(10_000 + 5 * 3000, 15_000);
    expect(rate.perSecond).toBeCloseTo(2000);
  });
});

describe('words', () => {
  it.each<[number, string]>([[0, '0 B'], [999, '999 B'], [1000, '1.00 kB'], [999_600, '1.00 MB'], [528_000_000, '528 MB'], [4.2e12, '4.20 TB']])('given %d bytes, then %s', (bytes, words) => {
    expect(bytesInWords(bytes)).toBe(words);
  });

  it.each<[number, string]>([[0, '0 s'], [400, '1 s'], [89_000, '89 s'], [90_000, '2 min'], [7_200_000, '2 h 0 min'], [3 * 86_400_000, '3 d 0 h']])('given %d ms, then %s', (ms, words) => {
    expect(durationInWords(ms)).toBe(words);
  });
});
