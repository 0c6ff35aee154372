import { describe, it, expect } from '@jest/globals';
import { type ScannedPart10 } from '../scan/scanned-part10.js';
import { encapsulateFrames } from './encapsulate-frames.js';
import { decodeFrameTable, encodeFrameTable } from './encode-frame-table.js';
import { frameParts } from './frame-parts.js';
import { type EncapsulatedFrames, type FrameTable, unknownFrames } from './frame-table.js';

/** Fragments of one length, as a scan lists them. */
function scanned(count: number, length: number): ScannedPart10 {
  const fragments = Float64Array.from({ length: 2 * count }, (_, index) => (index % 2 === 0 ? 1000 + (index / 2) * (length + 8) : length));
  return { fragments, deflated: false } as unknown as ScannedPart10;
}

const native: FrameTable = { kind: 'native', frames: 3, offset: 2 ** 40 + 1, frameBits: 2 ** 36, strideBits: 2 ** 36, inflated: true };

describe('given a frame table', () => {
  it.each<[string, FrameTable]>([
    ['unknown', unknownFrames('Für nichts')],
    ['native', native],
    ['one fragment a frame', encapsulateFrames(scanned(4, 10), 'one each', 4)],
    ['several fragments a frame', encapsulateFrames(scanned(4, 10), Uint32Array.of(0, 3), 2)],
    ['beyond 4 GiB', encapsulateFrames(scanned(3, 2 ** 31), 'all', 1)],
  ])('reads back what it wrote: %s', (_name, table) => expect(decodeFrameTable(encodeFrameTable(table))).toEqual(table));

  it('is small', () => {
    expect(encodeFrameTable(native)).toHaveLength(36);
    expect(encodeFrameTable(encapsulateFrames(scanned(10_000, 500), 'one each', 10_000)).length).toBeLessThan(4 * 10_001 + 21);
  });

  it('finds frames beyond 4 GiB', () => {
    const table = encapsulateFrames(scanned(3, 2 ** 31), 'one each', 3) as EncapsulatedFrames;
    expect(frameParts(table, 3)).toEqual({ offset: 1000 + 2 * (2 ** 31 + 8), length: 2 ** 31, slices: [{ offset: 0, length: 2 ** 31 }], firstBit: 0, bits: 2 ** 34 });
  });

  it('cuts item headers out of a frame of several fragments', () => {
    const table = encapsulateFrames(scanned(4, 10), Uint32Array.of(0, 1), 2) as EncapsulatedFrames;
    expect(frameParts(table, 2)).toEqual({ offset: 1018, length: 46, slices: [{ offset: 0, length: 10 }, { offset: 18, length: 10 }, { offset: 36, length: 10 }], firstBit: 0, bits: 240 });
  });

  it.each([0, 4, 1.5, NaN])('has no frame %d', (frame) => expect(() => frameParts(decodeFrameTable(encodeFrameTable(native)) as EncapsulatedFrames, frame)).toThrow(RangeError));

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['another version', Buffer.of(2, 1, 0, 0)],
    ['another kind', Buffer.of(1, 9, 0, 0)],
    ['a cut native table', encodeFrameTable(native).subarray(0, -1)],
    ['a cut encapsulated table', encodeFrameTable(encapsulateFrames(scanned(4, 10), 'all', 1)).subarray(0, -1)],
  ])('refuses %s', (_what, bytes) => expect(() => decodeFrameTable(bytes)).toThrow(RangeError));
});
