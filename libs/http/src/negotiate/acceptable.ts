/** One form in which a client takes a resource. */
export interface Acceptable {
  readonly multipart: boolean;
  /** Of the single part or of each part; `image/*` and `video/*` stand for all of the table of frame media types. */
  readonly mediaType: string;
  /** `*` is as stored. */
  readonly transferSyntax: string;
  /** Quality of the Accept member: equal ones are equally welcome. */
  readonly quality: number;
}

/** What a client takes, best first, never empty. It is matched with what is stored, instance by instance. */
export type Selection = readonly Acceptable[];

/** How one stored instance or frame is answered. */
export type Match =
  /** The bytes as they are stored. `transferSyntax` is what they are labelled with. */
  | { readonly kind: 'as-stored'; readonly acceptable: Acceptable; readonly mediaType: string; readonly transferSyntax: string }
  | { readonly kind: 'transcode'; readonly acceptable: Acceptable; readonly mediaType: string; readonly transferSyntax: string }
  | { readonly kind: 'not-acceptable' };

/** Whether there is a decoder of the stored and an encoder of the wanted syntax. */
export type CanTranscode = (stored: string, wanted: string) => boolean;

const notAcceptable: Match = { kind: 'not-acceptable' };

/** The best match. Among equally welcome forms the one that needs no transcoding is taken: it is exact and cheap. */
export function bestMatch(selection: Selection, matchOne: (acceptable: Acceptable) => Match): Match {
  let best: { readonly match: Match; readonly quality: number } | undefined;
  for (const acceptable of selection) {
    if (best !== undefined && acceptable.quality < best.quality) break;
    const match = matchOne(acceptable);
    if (match.kind === 'as-stored') return match;
    if (match.kind === 'transcode') best ??= { match, quality: acceptable.quality };
  }
  return best?.match ?? notAcceptable;
}
