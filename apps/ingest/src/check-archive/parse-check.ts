import { BadRequest, queryParameters } from '@isocenter/http';

/** What is asked for, as the operation's row has it. */
export interface CheckRequest {
  /** What can be mended is mended. */
  readonly repair: boolean;
  /** `digest`: the bytes of all objects are read and compared with the SHA-256 of their rows. */
  readonly objects: 'presence' | 'digest';
}

/** From the query of the request. Throws BadRequest that names the parameter, its value and what is allowed. */
export function parseCheck(query: string): CheckRequest {
  const given = queryParameters(query);
  return {
    repair: oneOf('repair', given.get('repair') ?? 'false', ['false', 'true']) === 'true',
    objects: oneOf('objects', given.get('objects') ?? 'presence', ['digest', 'presence']),
  };
}

function oneOf<V extends string>(name: string, value: string, allowed: readonly V[]): V {
  const found = allowed.find((one) => one === value.toLowerCase());
  if (found === undefined) throw new BadRequest(`Query parameter '${name}' has the value '${value.slice(0, 40)}'; allowed are ${[...allowed].reverse().join(' and ')}.`);
  return found;
}
