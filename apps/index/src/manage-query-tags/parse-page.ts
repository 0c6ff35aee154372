import { MAX_NUMBER, queryParameters, wholeNumberOf } from '@isocenter/http';

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

const STANDARD = 100;
const MOST = 200;

/** `limit` and `offset` of a list; names match in any letter case, those of others do no harm. Throws BadRequest. */
export function parsePage(query: string): Page {
  const given = queryParameters(query);
  return { offset: wholeNumberOf('offset', given.get('offset'), 0, 0, MAX_NUMBER), limit: wholeNumberOf('limit', given.get('limit'), STANDARD, 1, MOST) };
}
