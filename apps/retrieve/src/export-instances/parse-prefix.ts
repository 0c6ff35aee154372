import { BadRequest, MAX_PREFIX } from '@isocenter/http';
import { encodeSegment } from '@isocenter/object-store';

/** The prefix of the keys of an export, '' for none: names joined by '/', each encoded as a segment of a key is. Throws BadRequest. */
export function parsePrefix(value: unknown): string {
  if (value === undefined || value === null || value === '') return '';
  const allowed = `names joined by '/', not '.' or '..', without control characters and backslashes, not beginning with '/', at most ${MAX_PREFIX} characters as they are written (see docs/operations.md)`;
  const refused = (): BadRequest => new BadRequest(`Member 'destination.settings.prefix' is not valid; allowed: ${allowed}.`);
  if (typeof value !== 'string' || value.length > MAX_PREFIX) throw refused();
  const names = value.replace(/\/$/, '').split('/');
  if (!value.isWellFormed() || names.some((name) => name === '' || name === '.' || name === '..' || /[\\\x00-\x1f\x7f-\x9f]/.test(name))) throw refused();
  const prefix = names.map(encodeSegment).join('/');
  if (prefix.length > MAX_PREFIX) throw refused();
  return prefix;
}
