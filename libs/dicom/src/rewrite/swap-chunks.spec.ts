import { describe, expect, it } from '@jest/globals';
import { swapChunks } from './swap-chunks.js';

async function gathered(chunks: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString('hex');
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

describe('swapChunks', () => {
  it.each([1, 2, 3, 5, 7, 64])('given chunks of %i bytes, then words are turned wherever chunks end, and a rest stays', async (size) => {
    const bytes = Buffer.from('00010203040506070809', 'hex');
    const swapped = (width: 1 | 2 | 4 | 8): Promise<string> => gathered(swapChunks(inPieces(bytes, size), width));
    expect([await swapped(1), await swapped(2), await swapped(4), await swapped(8)]).toEqual(['00010203040506070809', '01000302050407060908', '03020100070605040809', '07060504030201000809']);
  });
});
