import type { TagValue } from '@isocenter/commands';
import type { Level, QueryTagRow, Write } from '@isocenter/metadata-store';
import type { TagValues } from './take-tag-values.js';

/** A study, series or instance: '' where its level has no such UID. */
export interface Place {
  readonly partition: number;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
}

/** Writes that lead from the values of a level's tags to others. */
export function tagValueWrites(tags: readonly QueryTagRow[], level: Level, place: Place, ordinal: number, before: TagValues | undefined, after: TagValues | undefined): Write[] {
  return tags.filter((tag) => tag.level === level).flatMap(({ key }): Write[] => {
    const old = before?.[key];
    const now = after?.[key];
    if (JSON.stringify(old) === JSON.stringify(now)) return [];
    return [...(old ? removal(place, key, old) : []), ...(now ? rows(place, ordinal, key, now) : [])];
  });
}

/** All values of an instance, or of a series ('' as its instance), and why some are missing. */
export function removeTagValues(tags: readonly QueryTagRow[], { partition, study, series, sop }: Place): Write[] {
  if (tags.length === 0) return [];
  const values: Write = { op: 'removeAll', table: 'tagValues', where: { partition, study, series, sop } };
  return sop === '' ? [values] : [values, { op: 'removeAll', table: 'tagErrors', where: { partition, study, series, sop } }];
}

function removal(place: Place, tag: number, { words }: TagValue): Write[] {
  const of = (key: number): Write => ({ op: 'removeAll', table: 'tagValues', where: { ...place, tag: key } });
  return words ? [of(tag), of(-tag)] : [of(tag)];
}

function rows(place: Place, ordinal: number, tag: number, { value, words = [], member }: TagValue): Write[] {
  const put = (key: number, text: string, shown: string | null): Write => ({ op: 'put', table: 'tagValues', row: { ...place, tag: key, value: text, member: shown, ordinal } });
  return [put(tag, value, member), ...words.map((word) => put(-tag, word, null))];
}
