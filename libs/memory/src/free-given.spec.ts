import { describe, expect, it } from '@jest/globals';
import { freeGiven } from './free-given.js';

describe('freeGiven', () => {
  it('given a chunk that fills its memory, then the memory is gone', () => {
    const chunk = Buffer.from(new ArrayBuffer(65_536));
    freeGiven(chunk);
    expect(chunk.length).toBe(0);
  });

  it.each([
    ['a part of larger memory', Buffer.from(new ArrayBuffer(65_536), 1)],
    ['its beginning only', Buffer.from(new ArrayBuffer(65_536), 0, 65_535)],
    ['a small one', Buffer.from(new ArrayBuffer(1024))],
    ['one of the common pool', Buffer.from('x'.repeat(1000))],
  ])('given %s, then it stays', (_case, chunk) => {
    const { length } = chunk;
    freeGiven(chunk);
    expect(chunk.length).toBe(length);
  });
});
