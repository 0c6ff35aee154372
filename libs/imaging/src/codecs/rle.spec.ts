import { describe, expect, it } from '@jest/globals';

import { type RawFrame } from '../image-description.js';
import { decodeRle, encodeRle } from './rle.js';

const MB = 1024 * 1024;
const image = { rows: 512, columns: 1024, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' } as const;
const frameOf = (value: number): RawFrame => ({ pixels: Buffer.alloc(MB, value), image });

describe('encodeRle', () => {
  it('given frame after frame, then what came out of each stays', () => {
    const encoded = [1, 2, 3].map((value) => encodeRle(frameOf(value)).bytes);
    for (const [at, bytes] of encoded.entries()) expect(decodeRle(bytes, image).pixels.equals(frameOf(at + 1).pixels)).toBe(true);
  });

  it('given frame after frame, then no memory is taken for each but for what comes out', () => {
    const frame = frameOf(1);
    encodeRle(frame);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    for (let count = 0; count < 16; count += 1) {
      encodeRle(frame);
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(most).toBeLessThan(4 * MB);
  });
});
