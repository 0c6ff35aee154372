import { alignBits } from '@isocenter/dicom';
import { describe, expect, it } from '@jest/globals';
import { buffer } from 'node:stream/consumers';
import { alignChunks, takeSlices } from './pass-frame.js';

const bytes = Buffer.from(Array.from({ length: 97 }, (_none, at) => (at * 41 + 7) % 256));
async function* inChunks(size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe.each([1, 2, 3, 7, 8, 50, 97])('given chunks of %i bytes', (size) => {
  it.each([[[{ offset: 0, length: 97 }]], [[{ offset: 0, length: 10 }, { offset: 18, length: 40 }, { offset: 66, length: 31 }]], [[{ offset: 3, length: 1 }, { offset: 4, length: 1 }]]])('and the slices %j, then what lies in them', async (slices) => {
    expect(await buffer(takeSlices(inChunks(size), slices))).toEqual(Buffer.concat(slices.map(({ offset, length }) => bytes.subarray(offset, offset + length))));
  });

  it.each([[0, 776], [0, 771], [1, 775], [3, 768], [7, 762], [5, 771]])('and a frame from bit %i of %i bits, then the same as of the whole', async (firstBit, bits) => {
    expect(await buffer(alignChunks(inChunks(size), firstBit, bits))).toEqual(alignBits(bytes, firstBit, bits));
  });
});
