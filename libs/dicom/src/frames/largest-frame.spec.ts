import { describe, expect, it } from '@jest/globals';
import { frameParts } from './frame-parts.js';
import { type KnownFrames } from './frame-table.js';
import { largestFrame } from './largest-frame.js';

const starts = (width: number, ...offsets: number[]): Buffer => Buffer.concat(offsets.map((offset) => {
  const bytes = Buffer.alloc(width);
  bytes.writeUIntLE(offset, 0, width);
  return bytes;
}));
const grouped = Buffer.from(Uint32Array.of(0, 1, 3, 4).buffer);

describe('largestFrame', () => {
  it.each<[string, KnownFrames]>([
    ['one fragment a frame', { kind: 'encapsulated', frames: 4, offset: 9, fragments: 4, width: 4, starts: starts(4, 0, 18, 60, 70, 78), firstFragments: undefined, inflated: false }],
    ['frames of several fragments', { kind: 'encapsulated', frames: 3, offset: 9, fragments: 4, width: 6, starts: starts(6, 0, 50, 100, 150, 2 ** 33), firstFragments: grouped, inflated: false }],
    ['native frames of whole bytes', { kind: 'native', frames: 3, offset: 9, frameBits: 80, strideBits: 80, inflated: false }],
    ['native frames of bits', { kind: 'native', frames: 9, offset: 9, frameBits: 9, strideBits: 9, inflated: false }],
  ])('given %s, then at least what is read for each, and no byte more than one', (_what, table) => {
    const most = Math.max(...Array.from({ length: table.frames }, (_none, at) => frameParts(table, at + 1).length));
    expect([most, most + 1]).toContain(largestFrame(table));
  });
});
