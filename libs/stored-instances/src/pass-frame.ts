import { alignBits } from '@isocenter/dicom';
import { LENT_FROM } from '@isocenter/http';

interface Slice {
  readonly offset: number;
  readonly length: number;
}

/** Nobody waits until a small piece is written, so it must not be a view of lent memory (see LentChunks). */
const kept = (part: Buffer): Buffer => (part.length < LENT_FROM ? Buffer.from(part) : part);

/** What lies in the slices, which are in order and apart; between them stand item headers. */
export async function* takeSlices(chunks: AsyncIterable<Buffer>, slices: readonly Slice[]): AsyncGenerator<Buffer, void, void> {
  let at = 0;
  let first = 0;
  for await (const chunk of chunks) {
    const end = at + chunk.length;
    for (let index = first; index < slices.length && slices[index]!.offset < end; index += 1) {
      const { offset, length } = slices[index]!;
      const part = chunk.subarray(Math.max(0, offset - at), Math.min(chunk.length, offset + length - at));
      if (part.length > 0) yield part.length === chunk.length ? part : kept(part);
      if (offset + length <= end) first = index + 1;
    }
    at = end;
  }
}

/** `alignBits` over chunks: the last byte of each is needed with the next one. */
export async function* alignChunks(chunks: AsyncIterable<Buffer>, firstBit: number, bits: number): AsyncGenerator<Buffer, void, void> {
  if (firstBit === 0 && bits % 8 === 0) return yield* chunks;
  let rest: Buffer = Buffer.alloc(0);
  let left = bits;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = Math.min(bytes.length - 1, Math.floor(left / 8));
    // Where nothing has to move alignBits gives back all that it was given.
    if (whole > 0) yield alignBits(bytes.subarray(0, whole + 1), firstBit, whole * 8).subarray(0, whole);
    left -= whole * 8;
    rest = bytes.subarray(whole);
  }
  if (left > 0) yield alignBits(rest, firstBit, left);
}
