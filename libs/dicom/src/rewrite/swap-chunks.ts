import { swapBytes } from '../scan/byte-order.js';

/** Words of `width` bytes turned around, wherever chunks end; a rest shorter than one stays as it is. */
export async function* swapChunks(chunks: AsyncIterable<Buffer>, width: 1 | 2 | 4 | 8): AsyncGenerator<Buffer, void, void> {
  if (width === 1) return yield* chunks;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % width);
    rest = bytes.subarray(whole);
    const words = bytes.subarray(0, whole);
    swapBytes(words, width);
    if (whole > 0) yield words;
  }
  if (rest.length > 0) yield rest;
}
