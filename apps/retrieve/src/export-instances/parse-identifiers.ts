import { BadRequest, isUid, MAX_IDENTIFIERS } from '@isocenter/http';

/** Throws BadRequest. Those that are given twice, or are part of another one, are left out: nothing is exported twice. */
export function parseIdentifiers(values: unknown): string[] {
  const allowed = `a list of 1 to ${MAX_IDENTIFIERS} texts 'study', 'study/series' or 'study/series/instance', each a UID of 1 to 64 letters, digits, '.' or '-'`;
  if (!Array.isArray(values)) throw new BadRequest(`Member 'source.settings.values' is no list; allowed: ${allowed}.`);
  if (values.length === 0 || values.length > MAX_IDENTIFIERS) throw new BadRequest(`Member 'source.settings.values' has ${values.length} identifiers; allowed: ${allowed}.`);
  for (const value of values) if (!isIdentifier(value)) throw new BadRequest(`Member 'source.settings.values' has ${typeof value === 'string' ? `'${value.slice(0, 80)}'` : 'what is no text'}; allowed: ${allowed}.`);
  const all = new Set(values as string[]);
  return [...all].filter((identifier) => !wholesOf(identifier).some((whole) => all.has(whole)));
}

function isIdentifier(value: unknown): value is string {
  if (typeof value !== 'string') return false;
  const uids = value.split('/', 4);
  return uids.length <= 3 && uids.every(isUid);
}

/** The study, and the series, that an identifier is part of. */
function wholesOf(identifier: string): string[] {
  const uids = identifier.split('/');
  return uids.slice(1).map((_uid, at) => uids.slice(0, at + 1).join('/'));
}
