import { BadRequest } from './errors/http-errors.js';
import { type MediaType, parameterOf, parseMediaType } from './negotiate/media-type.js';

/** The Content-Type of a request or of a part. */
export interface ContentType extends MediaType {
  /** What a `multipart/related` says its parts are (RFC 2387), lower case. */
  readonly partType?: string;
  readonly boundary?: string;
}

/** Longer than the 70 characters of RFC 2046 section 5.1.1, because some clients are generous. */
const maxBoundaryLength = 256;

/** Undefined when the header is absent or no media type. */
export function parseContentType(header: string | undefined): ContentType | undefined {
  const mediaType = header === undefined ? undefined : parseMediaType(header);
  if (mediaType === undefined) return undefined;
  const partType = parameterOf(mediaType, 'type')?.toLowerCase();
  const boundary = parameterOf(mediaType, 'boundary');
  return { ...mediaType, ...(partType !== undefined && { partType }), ...(boundary !== undefined && { boundary }) };
}

/** The boundary without which a multipart body cannot be read. Throws `BadRequest`. */
export function requireBoundary(contentType: ContentType): string {
  const { boundary } = contentType;
  // Printable ASCII: a line feed in it would make the delimiter ambiguous.
  if (boundary !== undefined && boundary.length <= maxBoundaryLength && /^[\x20-\x7e]*[\x21-\x7e]$/.test(boundary)) return boundary;
  throw new BadRequest(
    boundary === undefined
      ? 'The Content-Type has no boundary parameter, which a multipart body needs.'
      : `The boundary parameter of the Content-Type is not valid; allowed: 1 to ${maxBoundaryLength} printable ASCII characters.`,
  );
}
