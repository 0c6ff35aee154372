import { describe, it, expect } from '@jest/globals';
import { alignBits } from './align-bits.js';
import { swapToLittleEndian } from './swap-to-little-endian.js';

describe('alignBits', () => {
  const bitsOf = (bytes: Buffer, first: number, count: number) => Array.from({ length: count }, (_, bit) => (bytes[(first + bit) >> 3]! >> (first + bit) % 8) & 1);

  it('moves a frame to the beginning of a byte and clears what is not its own', () => {
    const bytes = Buffer.of(0b10110101, 0b01101110, 0b11110001, 0b10101010);
    for (let first = 0; first < 8; first++) {
      for (let bits = 1; bits <= 24; bits++) {
        const aligned = alignBits(bytes.subarray(0, Math.ceil((first + bits) / 8)), first, bits);
        expect(aligned).toHaveLength(Math.ceil(bits / 8));
        expect(bitsOf(aligned, 0, 8 * aligned.length)).toEqual([...bitsOf(bytes, first, bits), ...Array<number>(8 * aligned.length - bits).fill(0)]);
      }
    }
  });

  it('leaves whole bytes alone', () => {
    const bytes = Buffer.of(1, 2);
    expect(alignBits(bytes, 0, 16)).toBe(bytes);
  });
});

describe('swapToLittleEndian', () => {
  const bytes = () => Buffer.of(1, 2, 3, 4, 5, 6, 7, 8);

  it.each([
    [8, undefined, '0102030405060708'],
    [8, 'OW', '0201040306050807'],
    [1, 'OW', '0201040306050807'],
    [16, 'OW', '0201040306050807'],
    [32, 'OW', '0403020108070605'],
    [64, 'OD', '0807060504030201'],
  ])('samples of %d bits, VR %s', (bits, vr, expected) => expect(swapToLittleEndian(bytes(), bits, vr).toString('hex')).toBe(expected));

  it('refuses what is no whole number of words', () => {
    expect(() => swapToLittleEndian(Buffer.alloc(3), 16)).toThrow('no whole number of 16-bit words');
    expect(() => swapToLittleEndian(Buffer.alloc(3), 24)).toThrow('no byte order');
  });
});
