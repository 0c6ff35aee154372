import { BadRequest } from './errors/http-errors.js';

/** Query parameters by lower-case name: names match in any letter case, those of others do no harm. Throws BadRequest where one is given twice. */
export function queryParameters(query: string): ReadonlyMap<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (given.has(name.toLowerCase())) throw new BadRequest(`Query parameter '${name.slice(0, 80)}' is given twice; give it once.`);
    given.set(name.toLowerCase(), value);
  }
  return given;
}

/** A parameter that is a whole number; `standard` when it is not given. Throws BadRequest that names it. */
export function wholeNumberOf(name: string, value: string | undefined, standard: number, min: number, max: number): number {
  if (value === undefined) return standard;
  const number = /^\d+$/.test(value) ? Number(value) : -1;
  if (number >= min && number <= max) return number;
  throw new BadRequest(`Query parameter '${name}' has the value '${value}'; allowed is a whole number from ${min} to ${max}.`);
}
