import { BadRequest } from '@isocenter/http';

/** Query parameters by lower-case name: names match in any letter case, those of others do no harm. Throws BadRequest where one is given twice. */
export function feedParameters(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (given.has(name.toLowerCase())) throw new BadRequest(`Query parameter '${name.slice(0, 80)}' is given twice; give it once.`);
    given.set(name.toLowerCase(), value);
  }
  return given;
}
