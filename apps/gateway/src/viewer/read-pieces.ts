import type { Compressor } from '@isocenter/http';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { Piece } from './move-to-folder.js';

export function readPieces(path: string, pieces: readonly Piece[]): Readable {
  return Readable.from(chunksOf(path, pieces), { objectMode: false });
}

/** All of it in memory. */
export function compressPieces(path: string, pieces: readonly Piece[], { create }: Compressor): Promise<Buffer> {
  return pipeline(readPieces(path, pieces), create(), buffer);
}

async function* chunksOf(path: string, pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else if (piece.end > piece.start) yield* createReadStream(path, { start: piece.start, end: piece.end - 1, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  }
}
