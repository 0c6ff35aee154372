import { describe, expect, it } from '@jest/globals';

import { expandSegments } from './segmented-palette.js';

const segments = (...words: number[]): Buffer => Buffer.from(Uint16Array.from(words).buffer);

describe('expandSegments', () => {
  it('given runs, lines and references to them, then their entries', () => {
    expect([...expandSegments(segments(0, 3, 10, 20, 30, 1, 2, 40, 2, 2, 0, 0), 10)]).toEqual([10, 20, 30, 35, 40, 10, 20, 30, 35, 40]);
  });

  it('given more than the descriptor says, then so many', () => {
    expect([...expandSegments(segments(0, 3, 10, 20, 30, 7, 7), 2)]).toEqual([10, 20]);
    expect([...expandSegments(segments(1, 4, 8, 9), 2)]).toEqual([2, 4]);
  });

  it.each([
    ['no segments', []], ['fewer entries', [0, 2, 1, 2]], ['an unknown kind of segment', [0, 1, 5, 9, 9, 9, 9]], ['a reference in a reference', [2, 9, 0, 0]],
    ['a reference behind the end', [2, 9, 0xffff, 0xffff]], ['a reference into the middle of a word', [2, 9, 1, 0]],
  ])('given %s, then it is no palette', (_what, words) => {
    expect(() => expandSegments(segments(...words), 100)).toThrow(expect.objectContaining({ code: 'malformed' }));
  });

  it('given references to segments that give nothing, then no more are followed than there can be entries', () => {
    const nothing = Buffer.alloc(65_536);
    const references = Array.from({ length: 24_000 }, () => segments(2, 65535, 0, 0));
    expect(() => expandSegments(Buffer.concat([nothing, ...references]), 65536)).toThrow('do not give the 65536 entries');
  });
});
