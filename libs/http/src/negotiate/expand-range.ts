import { type AcceptRange } from './parse-accept.js';

/** A member of the Accept header, unfolded: what is asked for, in a multipart or alone. */
export interface AskedType {
  readonly multipart: boolean;
  /** The media type of the (part's) content; a multipart that names none means any. */
  readonly mediaType: string;
  /** As the client wrote them, without repetition; empty when none is named. */
  readonly transferSyntaxes: readonly string[];
  readonly quality: number;
}

/** Drops what is refused, and takes `multipart/related; type=x` apart. */
export function expandRanges(ranges: readonly AcceptRange[]): readonly AskedType[] {
  return ranges.filter(({ quality }) => quality > 0).flatMap((range) => {
    const multipart = range.type === 'multipart/related' || range.type === 'multipart/*';
    const mediaTypes = multipart ? (range.parameters.get('type') ?? ['*/*']).map((type) => type.toLowerCase()) : [range.type];
    return mediaTypes.map((mediaType) => ({ multipart, mediaType, transferSyntaxes: transferSyntaxesOf(range), quality: range.quality }));
  });
}

function transferSyntaxesOf(range: AcceptRange): readonly string[] {
  const named = (range.parameters.get('transfer-syntax') ?? []).flatMap((value) => value.split(','));
  return [...new Set(named.map((value) => value.trim()).filter((value) => value !== ''))];
}
