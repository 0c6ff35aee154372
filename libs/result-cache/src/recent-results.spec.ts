import { describe, expect, it } from '@jest/globals';
import { RecentResults } from './recent-results.js';

const result = (bytes: number): { head: string; bytes: Buffer } => ({ head: 'h', bytes: Buffer.alloc(bytes, 1) });

describe('RecentResults', () => {
  it('given more than may be held, then those go that were used least recently', () => {
    const recent = new RecentResults(300);
    for (const key of ['a', 'b', 'c']) recent.hold(key, result(100));
    expect(recent.find('a')).toEqual(result(100));
    recent.hold('d', result(100));
    expect(['a', 'b', 'c', 'd'].map((key) => recent.find(key) !== undefined)).toEqual([true, false, true, true]);
  });

  it('given the same again, or one that was dropped, then it counts once, or not at all', () => {
    const recent = new RecentResults(300);
    recent.hold('a', result(100));
    for (let at = 0; at < 5; at += 1) recent.hold('b', result(100));
    recent.drop('b');
    recent.drop('never held');
    recent.hold('c', result(200));
    expect([recent.find('a') !== undefined, recent.find('b'), recent.find('c') !== undefined]).toEqual([true, undefined, true]);
  });

  it('given a large result, or room for nothing, then it is not held', () => {
    const recent = new RecentResults(1024 ** 2);
    recent.hold('large', result(256 * 1024 + 1));
    const none = new RecentResults(0);
    none.hold('a', result(1));
    expect([recent.find('large'), none.find('a')]).toEqual([undefined, undefined]);
  });
});
