import { RangeNotSatisfiable } from './errors/http-errors.js';

/** Both ends inclusive, as in Content-Range. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range header (RFC 9110 section 14.2) against a representation of `size` bytes. Undefined means the whole:
 * no header, another unit, several ranges, or a malformed one, all of which a server may pass over; also when
 * If-Range names another version. Throws `RangeNotSatisfiable`.
 */
export function parseRange(header: string | undefined, size: number, validator?: { readonly ifRange: string | undefined; readonly etag: string }): ByteRange | undefined {
  const match = header === undefined ? null : /^bytes\s*=\s*(\d{0,16})\s*-\s*(\d{0,16})\s*$/i.exec(header);
  if (match === null) return undefined;
  // If-Range compares strongly, and only an entity tag is one here: nothing has a Last-Modified (section 13.1.5).
  if (validator?.ifRange !== undefined && validator.ifRange.trim() !== validator.etag) return undefined;
  const [from, to] = [match[1] ?? '', match[2] ?? ''];
  if (from === '' && to === '') return undefined;
  if (from === '') return lastBytes(Number(to), size);
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return undefined;
  if (first >= size) throw new RangeNotSatisfiable(size);
  return { first, last };
}

function lastBytes(count: number, size: number): ByteRange {
  if (count === 0 || size === 0) throw new RangeNotSatisfiable(size);
  return { first: Math.max(0, size - count), last: size - 1 };
}

/** Headers of the 206 answer. */
export function rangeHeaders({ first, last }: ByteRange, size: number): Record<string, string> {
  return { 'content-range': `bytes ${first}-${last}/${size}`, 'content-length': String(last - first + 1), 'accept-ranges': 'bytes' };
}
