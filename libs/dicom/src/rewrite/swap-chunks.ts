import { swapBytes } from '../scan/byte-order.js';

/** Words of `width` bytes turned around, wherever chunks end; a rest shorter than one stays as it is. */
export async function* swapChunks(chunks: AsyncIterable<Buffer>, width: 1 | 2 | 4 | 8): AsyncGenerator<Buffer, void, void> {
  if (width === 1) return yield* chunks;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % width);
    rest = bytes.subarray(whole);
    if (whole > 0) yield swapped(bytes.subarray(0, whole), width);
  }
  if (rest.length > 0) yield rest;
}

/** In place; of whole words. */
function swapped(bytes: Buffer, width: 2 | 4 | 8): Buffer {
  if (width === 2) return bytes.swap16();
  return width === 4 ? bytes.swap32() : bytes.swap64();
}

/** A copy with its words turned around. */
export function swappedCopy(bytes: Buffer, width: 1 | 2 | 4 | 8): Buffer {
  const copy = Buffer.from(bytes);
  swapBytes(copy, width);
  return copy;
}
