import { type Match, matchInstance, NotAcceptable, type Selection } from '@isocenter/http';
import { canTranscode } from '@isocenter/imaging';

/** A syntax that cannot be had is refused before the first byte. */
export function requireMatch(selection: Selection, stored: string): Exclude<Match, { kind: 'not-acceptable' }> {
  const match = matchInstance(selection, stored, canTranscode);
  if (match.kind !== 'not-acceptable') return match;
  throw new NotAcceptable(`The instances are stored with transfer syntax ${stored} and cannot be transcoded to what the Accept header names; ask with transfer-syntax=*.`);
}
