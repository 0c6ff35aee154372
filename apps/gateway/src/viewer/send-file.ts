import { chooseCompressor, matchesETag, strongETag } from '@isocenter/http';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { lengthOf, type Piece } from './move-to-folder.js';
import type { ViewerFile } from './viewer-files.js';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'public, no-cache';

/** Streams a file, compressed if the client takes that: never a whole file in memory, nothing kept. `version` is that of all files. */
export async function sendFile(file: ViewerFile, version: string, request: IncomingMessage, response: ServerResponse, headers: OutgoingHttpHeaders): Promise<void> {
  const compressor = file.compressible ? chooseCompressor(request.headers['accept-encoding'] as string | undefined) : undefined;
  const etag = strongETag(compressor ? `${version}-${compressor.name}` : version);
  const ofFile = { ...headers, etag, 'cache-control': file.immutable ? FOR_EVER : ASK_AGAIN, ...(file.compressible && { vary: 'Accept-Encoding' }) };
  if (matchesETag(request.headers['if-none-match'], etag)) {
    response.writeHead(304, ofFile).end();
    return;
  }
  const pieces = await file.pieces();
  response.writeHead(200, { ...ofFile, 'content-type': file.contentType, ...(compressor ? { 'content-encoding': compressor.name } : { 'content-length': lengthOf(pieces) }) });
  if (request.method === 'HEAD') return void response.end();
  const bytes = Readable.from(read(file.path, pieces), { objectMode: false });
  // A client that goes away in the middle is no failure of ours.
  await (compressor ? pipeline(bytes, compressor.create(), response) : pipeline(bytes, response)).catch(() => response.destroy());
}

async function* read(path: string, pieces: readonly Piece[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) {
    if (Buffer.isBuffer(piece)) yield piece;
    else if (piece.end > piece.start) yield* createReadStream(path, { start: piece.start, end: piece.end - 1, highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>;
  }
}
