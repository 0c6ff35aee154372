import { pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createDeflateRaw, createInflateRaw } from 'node:zlib';
import type { Piece, RewritePlan } from './plan-rewrite.js';
import { swapChunks } from './swap-chunks.js';

/** Small pieces are joined up to this. */
const JOINED_BYTES = 64 * 1024;

/**
 * The new file, while the source passes by. Chunks of the source are handed on as they are, or as views of them.
 *
 * @param at offset of the source's first byte
 */
export async function* rewriteBytes(source: AsyncIterable<Buffer>, { pieces, deflated }: RewritePlan, at = 0): AsyncGenerator<Buffer, void, void> {
  if (!deflated) return yield* assemblePieces(source, pieces, at);
  const bytes = new SourceBytes(source, at);
  try {
    yield* deflatedAgain(bytes, pieces, deflated);
  } finally {
    await bytes.close();
  }
}

/** The pieces as they are asked for, while the source, whose first byte has the offset `at`, passes by. Others have their turn between chunks that need none of it. */
export async function* assemblePieces(source: AsyncIterable<Buffer>, pieces: Iterable<Piece>, at = 0): AsyncGenerator<Buffer, void, void> {
  const bytes = new SourceBytes(source, at);
  try {
    yield* apply(pieces, bytes);
  } finally {
    await bytes.close();
  }
}

async function* deflatedAgain(source: SourceBytes, pieces: readonly Piece[], { from, firstPiece }: NonNullable<RewritePlan['deflated']>): AsyncGenerator<Buffer, void, void> {
  yield* apply(pieces.slice(0, firstPiece), source);
  const inflated = new SourceBytes(through(createInflateRaw(), source.rest(from)), from);
  let size = 0;
  for await (const chunk of through(createDeflateRaw(), apply(pieces.slice(firstPiece), inflated))) {
    size += chunk.length;
    yield chunk;
  }
  // PS3.5 §A.5.
  if (size % 2 === 1) yield Buffer.alloc(1);
}

function through(transform: ReturnType<typeof createInflateRaw>, source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  // The pipeline's failure is the reader's failure.
  return pipeline(Readable.from(source, { objectMode: false }), transform, () => undefined);
}

async function* apply(pieces: Iterable<Piece>, source: SourceBytes): AsyncGenerator<Buffer, void, void> {
  let small: Buffer[] = [];
  let smallBytes = 0;
  for (const piece of pieces) {
    const chunks = Buffer.isBuffer(piece) ? [piece] : swapChunks(piece.end === undefined ? source.rest(piece.from) : source.range(piece.from, piece.end), piece.swap ?? 1);
    for await (const chunk of chunks) {
      if (smallBytes + chunk.length <= JOINED_BYTES) {
        small.push(chunk);
        smallBytes += chunk.length;
        continue;
      }
      if (smallBytes > 0) yield joined(small);
      [small, smallBytes] = [[], 0];
      if (Buffer.isBuffer(piece)) await setImmediate();
      yield chunk;
    }
  }
  if (smallBytes > 0) yield joined(small);
}

function joined(chunks: readonly Buffer[]): Buffer {
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
}

/** Ranges of a stream, in order. */
class SourceBytes {
  private readonly chunks: AsyncIterator<Buffer>;
  private chunk: Buffer = Buffer.alloc(0);
  /** Offset of the stream's first byte, then of the next byte in hand. */
  private at: number;

  constructor(source: AsyncIterable<Buffer>, at: number) {
    this.at = at;
    this.chunks = source[Symbol.asyncIterator]();
  }

  range(from: number, end: number): AsyncGenerator<Buffer, void, void> {
    return this.take(from, end, true);
  }

  rest(from: number): AsyncGenerator<Buffer, void, void> {
    return this.take(from, Infinity, false);
  }

  /** Nobody comes back for more, whether it went well or not. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async *take(from: number, end: number, whole: boolean): AsyncGenerator<Buffer, void, void> {
    while (this.at < end) {
      if (this.chunk.length === 0 && !(await this.more())) {
        if (whole || this.at < from) throw new Error(`The source ends at byte ${this.at}; the plan goes on to ${whole ? end : from}.`);
        return;
      }
      const skipped = Math.min(this.chunk.length, Math.max(0, from - this.at));
      const taken = this.chunk.subarray(skipped, Math.min(this.chunk.length, end - this.at));
      this.at += skipped + taken.length;
      this.chunk = this.chunk.subarray(skipped + taken.length);
      if (taken.length > 0) yield taken;
    }
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done) return false;
    this.chunk = next.value;
    return true;
  }
}
