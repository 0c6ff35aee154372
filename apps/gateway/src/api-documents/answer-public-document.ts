import { answerOptions, matchesETag, MethodNotAllowed, pathOf, strongETag } from '@isocenter/http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { publicDocuments, type PublicDocument } from './public-documents.js';

const METHODS = ['GET', 'HEAD'];

/** The document at the path of a request, in any letter case. */
export function findPublicDocument(request: IncomingMessage): PublicDocument | undefined {
  return publicDocuments.get(pathOf(request.url).toLowerCase());
}

/** Throws MethodNotAllowed. */
export async function answerPublicDocument(document: PublicDocument, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'OPTIONS') return answerOptions(response, METHODS);
  if (!METHODS.includes(request.method ?? '')) throw new MethodNotAllowed(METHODS);
  const { bytes, version } = await document.read();
  const etag = strongETag(version);
  const headers = { ...document.headers, etag, 'cache-control': 'public, no-cache', 'x-content-type-options': 'nosniff' };
  if (matchesETag(request.headers['if-none-match'], etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'content-type': document.contentType, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
