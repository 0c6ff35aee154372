import { type MediaType, parameterOf, parseMediaType, splitOutsideQuotes } from './media-type.js';

/** One member of an Accept header. */
export interface AcceptRange extends MediaType {
  /** 0 (refused) to 1. */
  readonly quality: number;
}

const anything: AcceptRange = { type: '*/*', parameters: new Map(), quality: 1 };

/**
 * Reads an Accept header (RFC 9110 section 12.5.1), best quality first, equal ones in the client's order. A member that
 * is no media type is passed over; an absent or empty header counts as one that accepts everything. The `accept` query parameter, already
 * percent-decoded, stands for the header when there is one (PS3.18 section 8.3.3.1).
 */
export function parseAccept(header: string | undefined, query?: string | readonly string[]): readonly AcceptRange[] {
  const asked = query === undefined ? header : plusOf(typeof query === 'string' ? query : query.join(','));
  if (asked === undefined || asked.trim() === '') return [anything];
  const ranges = splitOutsideQuotes(asked, ',').flatMap((member) => parseMember(member));
  return ranges.sort((one, other) => other.quality - one.quality);
}

function parseMember(member: string): AcceptRange[] {
  const mediaType = parseMediaType(member);
  if (mediaType === undefined) return member.trim() === '*' ? [anything] : [];
  return [{ ...mediaType, quality: qualityOf(mediaType) }];
}

/** A weight that cannot be read counts as none given. */
function qualityOf(mediaType: MediaType): number {
  const quality = Number(parameterOf(mediaType, 'q') ?? 1);
  return Number.isNaN(quality) ? 1 : Math.min(1, Math.max(0, quality));
}

/** In a query string an unescaped plus sign is a space: `accept=application/dicom+json`. */
function plusOf(text: string): string {
  return text.replace(/(\/\w+) (?=json|xml)/g, '$1+');
}
