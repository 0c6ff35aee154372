import { levelAttributes, type LevelAttribute } from '@isocenter/dicom';
import type { Level } from '@isocenter/metadata-store';

/** DICOM JSON key of a tag. */
export function tagKey(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0');
}

function keysWhere(level: Level, wanted: (attribute: LevelAttribute) => boolean): ReadonlySet<string> {
  return new Set(levelAttributes.filter((attribute) => attribute.level === level && wanted(attribute)).map(({ tag }) => tagKey(tag)));
}

const AZURE_DEFAULT: Record<Level, ReadonlySet<string>> = {
  study: keysWhere('study', ({ v2Default }) => v2Default),
  series: keysWhere('series', ({ v2Default }) => v2Default),
  instance: keysWhere('instance', ({ v2Default }) => v2Default),
};

/** What v1 returns by default beside these; v2 made them "other" attributes. */
const V1_MORE: Record<Level, readonly string[]> = {
  study: ['00080005', '00080030', '00080056', '00080201', '00100040', '00200010'],
  series: ['0008103E', '00400245', '00400275'],
  instance: ['00080016', '00200013', '00280008', '00280010', '00280011', '00280100'],
};

/** What `includefield=all` adds to the defaults, and what `includefield` can name, in the Azure dialect. */
export const AZURE_ALL: Record<Level, ReadonlySet<string>> = {
  study: keysWhere('study', ({ v2Default, v2Other }) => v2Default || v2Other),
  series: keysWhere('series', ({ v2Default, v2Other }) => v2Default || v2Other),
  instance: keysWhere('instance', ({ v2Default, v2Other }) => v2Default || v2Other),
};

/** Those of the members whose keys are wanted, in their order. */
export function pickMembers(members: string, wanted: ReadonlySet<string>): string {
  const all = JSON.parse(`{${members}}`) as Record<string, unknown>;
  return Object.keys(all).filter((key) => wanted.has(key)).map((key) => `"${key}":${JSON.stringify(all[key])}`).join(',');
}

export function azureDefaultMembers(level: Level, members: string): string {
  return pickMembers(members, AZURE_DEFAULT[level]);
}

/** Keys of the default attributes and of those that were asked for. */
export function azureKeys(level: Level, included: ReadonlySet<string>, attributes: 'azure-v1' | 'azure-v2'): ReadonlySet<string> {
  return new Set([...AZURE_DEFAULT[level], ...(attributes === 'azure-v1' ? V1_MORE[level] : []), ...[...included].filter((key) => AZURE_ALL[level].has(key))]);
}
