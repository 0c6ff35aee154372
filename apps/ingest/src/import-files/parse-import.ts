import type { StoragePlace } from '@isocenter/config';
import { BadRequest, MAX_FOLDER } from '@isocenter/http';

/** What is asked for, as the operation's row has it: nothing of it tells where a source is. */
export interface ImportRequest {
  /** Name of a source of the settings. */
  readonly source: string;
  /** A folder of it, names joined by '/'; '' for all. */
  readonly folder: string;
}

/** Throws BadRequest that names the member and what is allowed. Members and names of sources match in any letter case. */
export function parseImport(body: unknown, sources: readonly StoragePlace[]): ImportRequest {
  const { source, prefix } = membersOf(body);
  if (sources.length === 0) throw new BadRequest('Imports are off: IMPORT_SOURCES names no source.');
  const found = sources.find(({ name }) => typeof source === 'string' && name.toLowerCase() === source.toLowerCase());
  if (!found) throw new BadRequest(`Member 'source' is ${shown(source)}; allowed on this server: ${sources.map(({ name }) => name).join(', ')}.`);
  return { source: found.name, folder: parsePrefix(prefix) };
}

function membersOf(body: unknown): { source?: unknown; prefix?: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new BadRequest('The body is no JSON object; its members are source and prefix.');
  const members: { source?: unknown; prefix?: unknown } = {};
  for (const [key, value] of Object.entries(body)) {
    const name = (['source', 'prefix'] as const).find((one) => one === key.toLowerCase());
    // The value of another one is not repeated: it may be a key that belongs nowhere near a request.
    if (name === undefined) throw new BadRequest(`Member '${key.slice(0, 80)}' is not known; allowed: source, prefix.`);
    if (members[name] !== undefined) throw new BadRequest(`Member '${name}' is given twice.`);
    members[name] = value;
  }
  return members;
}

function parsePrefix(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  const refused = (): BadRequest => new BadRequest(`Member 'prefix' is not valid; allowed is a folder of the source: names joined by '/', not '.' or '..', without control characters and backslashes, not beginning with '/', at most ${MAX_FOLDER} characters.`);
  if (typeof value !== 'string' || value.length > MAX_FOLDER || !value.isWellFormed()) throw refused();
  const folder = value.replace(/\/$/, '');
  if (folder.split('/').some((name) => name === '' || name === '.' || name === '..' || /[\\\x00-\x1f\x7f-\x9f]/.test(name))) throw refused();
  return folder;
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : typeof value === 'string' ? `'${value.slice(0, 64)}'` : 'no text';
}
