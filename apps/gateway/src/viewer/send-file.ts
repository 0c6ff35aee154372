import { chooseCompressor, matchesETag, strongETag } from '@isocenter/http';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { lengthOf } from './move-to-folder.js';
import { readPieces } from './read-pieces.js';
import type { ViewerFile } from './viewer-files.js';

const FOR_EVER = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'public, no-cache';

/** Streams a file, or sends the copy that is kept compressed if the client takes that. `version` is that of all files. */
export async function sendFile(file: ViewerFile, version: string, request: IncomingMessage, response: ServerResponse, headers: OutgoingHttpHeaders): Promise<void> {
  const compressor = file.compressible ? chooseCompressor(request.headers['accept-encoding'] as string | undefined) : undefined;
  const etag = strongETag(compressor ? `${version}-${compressor.name}` : version);
  const ofFile = { ...headers, etag, 'cache-control': file.immutable ? FOR_EVER : ASK_AGAIN, ...(file.compressible && { vary: 'Accept-Encoding' }) };
  if (matchesETag(request.headers['if-none-match'], etag)) {
    response.writeHead(304, ofFile).end();
    return;
  }
  const compressed = compressor && (await file.compressed(compressor));
  const pieces = await file.pieces();
  response.writeHead(200, { ...ofFile, 'content-type': file.contentType, ...(compressor && { 'content-encoding': compressor.name }), 'content-length': compressed?.length ?? lengthOf(pieces) });
  if (request.method === 'HEAD') return void response.end();
  if (compressed) return void response.end(compressed);
  // A client that goes away in the middle is no failure of ours.
  await pipeline(readPieces(file.path, pieces), response).catch(() => response.destroy());
}
