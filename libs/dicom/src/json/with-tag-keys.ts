import { parseAttributeId } from '../dictionary/vr-of-tag.js';

/** Sequences inside one another; what lies deeper stays as it is. */
const MAX_DEPTH = 64;

/**
 * A data set of the DICOM JSON model (PS3.18 annex F) as clients write it, with tags in capitals for keys at every level: keys
 * may also be tags in small letters or keywords in any letter case. What is neither stays as it is, for who says so.
 */
export function withTagKeys(dataset: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return atDepth(dataset, 0);
}

function atDepth(dataset: Readonly<Record<string, unknown>>, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(dataset).map(([key, member]) => {
    const tag = parseAttributeId(key);
    return [tag === undefined ? key : tag.toString(16).toUpperCase().padStart(8, '0'), withTagKeysInside(member, depth)];
  }));
}

/** The items of a sequence are data sets; a person name is none. */
function withTagKeysInside(member: unknown, depth: number): unknown {
  if (depth === MAX_DEPTH || !isObject(member) || !Array.isArray(member['Value'])) return member;
  if (member['vr'] !== undefined && member['vr'] !== 'SQ') return member;
  return { ...member, Value: member['Value'].map((item: unknown) => (isObject(item) ? atDepth(item, depth + 1) : item)) };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
