import { BadRequest, MAX_NUMBER } from '@isocenter/http';

export interface Page {
  readonly offset: number;
  readonly limit: number;
}

const STANDARD = 100;
const MOST = 200;

/** `limit` and `offset` of a list; names match in any letter case, those of others do no harm. Throws BadRequest. */
export function parsePage(query: string): Page {
  const given = new Map<string, string>();
  for (const [typed, value] of new URLSearchParams(query)) {
    const name = typed.toLowerCase();
    if (given.has(name)) throw new BadRequest(`Query parameter '${typed.slice(0, 80)}' is given twice; give it once.`);
    given.set(name, value);
  }
  return { offset: numberOf('offset', given.get('offset'), 0, MAX_NUMBER) ?? 0, limit: numberOf('limit', given.get('limit'), 1, MOST) ?? STANDARD };
}

function numberOf(name: string, value: string | undefined, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d+$/.test(value) ? Number(value) : -1;
  if (number >= least && number <= most) return number;
  throw new BadRequest(`Query parameter '${name}' has the value '${value}'; allowed is a whole number from ${least} to ${most}.`);
}
