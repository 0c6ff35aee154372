import { NotAcceptable } from '../errors/http-errors.js';
import { type Selection } from './acceptable.js';
import { expandRanges } from './expand-range.js';
import { octetStream } from './frame-media-types.js';
import { type AcceptRange } from './parse-accept.js';

const meansOctets: ReadonlySet<string> = new Set([octetStream, 'application/*', '*/*']);

/**
 * Which forms of one bulk data value a client takes: its bytes, alone or in a multipart of one. What a wildcard alone
 * asks for is the single part. Throws `NotAcceptable`.
 */
export function chooseBulkData(ranges: readonly AcceptRange[]): Selection {
  const selection = expandRanges(ranges)
    .filter(({ mediaType }) => meansOctets.has(mediaType))
    .map(({ multipart, quality }) => ({ multipart, mediaType: octetStream, transferSyntax: '*', quality }));
  if (selection.length > 0) return selection;
  throw new NotAcceptable(`The Accept header has no form in which bulk data exists; allowed: ${octetStream}, multipart/related; type="${octetStream}", or */*.`);
}
