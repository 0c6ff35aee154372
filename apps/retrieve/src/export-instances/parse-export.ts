import type { StoragePlace } from '@isocenter/config';
import { BadRequest } from '@isocenter/http';
import { parseIdentifiers } from './parse-identifiers.js';
import { parsePrefix } from './parse-prefix.js';

/** What is asked for, as the operation's row has it: nothing of it tells where a destination is. */
export interface ExportRequest {
  /** `study`, `study/series` or `study/series/instance`; none is part of another. */
  readonly identifiers: readonly string[];
  /** Name of a destination of the settings. */
  readonly destination: string;
  /** Of the keys of its objects, encoded as they are; '' for none. */
  readonly prefix: string;
}

/** Throws BadRequest that names the member and what is allowed. Members and enumerated values match in any letter case. */
export function parseExport(body: unknown, destinations: readonly StoragePlace[]): ExportRequest {
  const { source, destination } = membersOf(body, 'The body', '', ['source', 'destination']);
  const identifiers = parseSource(source);
  const { type, settings } = membersOf(destination, "Member 'destination'", 'destination.', ['type', 'settings']);
  if (destinations.length === 0) throw new BadRequest('Exports are off: EXPORT_DESTINATIONS names no destination.');
  const ofType = destinations.filter((one) => one.type === folded(type));
  if (ofType.length === 0) throw new BadRequest(`Member 'destination.type' is ${shown(type)}; allowed on this server: ${namesOf(destinations)}.`);
  const { name, prefix } = membersOf(settings, "Member 'destination.settings'", 'destination.settings.', ['name', 'prefix']);
  const found = ofType.find((one) => one.name.toLowerCase() === folded(name));
  if (!found) throw new BadRequest(`Member 'destination.settings.name' is ${shown(name)}; allowed on this server: ${namesOf(destinations)}.`);
  return { identifiers, destination: found.name, prefix: parsePrefix(prefix) };
}

function parseSource(source: unknown): string[] {
  const { type, settings } = membersOf(source, "Member 'source'", 'source.', ['type', 'settings']);
  if (folded(type) !== 'identifiers') throw new BadRequest(`Member 'source.type' is ${shown(type)}; allowed: identifiers.`);
  return parseIdentifiers(membersOf(settings, "Member 'source.settings'", 'source.settings.', ['values']).values);
}

/** The members of an object by the names that are allowed. The value of another one is not repeated: it may be a key that belongs nowhere near a request. */
function membersOf<const N extends string>(value: unknown, what: string, prefix: string, allowed: readonly N[]): { readonly [K in N]?: unknown } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRequest(`${what} is no JSON object; its members are ${allowed.join(' and ')}.`);
  const members: { [K in N]?: unknown } = {};
  for (const [key, member] of Object.entries(value)) {
    const name = allowed.find((one) => one === key.toLowerCase());
    if (name === undefined) throw new BadRequest(`Member '${prefix}${key.slice(0, 80)}' is not known; allowed: ${allowed.join(', ')}.`);
    if (members[name] !== undefined) throw new BadRequest(`Member '${prefix}${name}' is given twice.`);
    members[name] = member;
  }
  return members;
}

function folded(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : typeof value === 'string' ? `'${value.slice(0, 64)}'` : 'no text';
}

/** `file (research), s3 (cloud, archive)` */
function namesOf(destinations: readonly StoragePlace[]): string {
  return [...new Set(destinations.map(({ type }) => type))].map((type) => `${type} (${destinations.filter((one) => one.type === type).map(({ name }) => name).join(', ')})`).join(', ');
}
