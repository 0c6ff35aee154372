import type { RestoreInstance, StoreInstance, StoreInstanceBody, TagValue, UpdateInstance } from '@isocenter/commands';
import type { QueryTagRow } from '@isocenter/metadata-store';
import { InstanceMembers } from './instance-members.js';

/** By the key of the tag. */
export type TagValues = Readonly<Record<string, TagValue>>;

export interface TakenValues {
  readonly study?: TagValues;
  readonly series?: TagValues;
  readonly instance?: TagValues;
}

/** What a version of an instance has for extended query tags, from the metadata that travel with its command; nothing is parsed without tags. */
export function takeTagValues({ metadataKey }: Pick<StoreInstance, 'metadataKey'>, body: Pick<StoreInstanceBody, 'metadata' | 'marks'>, tags: readonly QueryTagRow[]): TakenValues {
  if (tags.length === 0 || body.metadata.length === 0) return {};
  const members = new InstanceMembers({ ...body, metadataKey: metadataKey ?? null });
  const taken: { -readonly [L in keyof TakenValues]: Record<string, TagValue> } = {};
  for (const tag of tags) {
    const value = members.valueFor(tag);
    if (value && value !== 'wrong') (taken[tag.level] ??= {})[tag.key] = value;
  }
  return taken;
}

/** The command with the values of its levels, which are merged with the other attributes from then on. */
export function withTagValues<C extends StoreInstance | UpdateInstance | RestoreInstance>(command: C, { study, series }: TakenValues): C {
  if (!study && !series) return command;
  return { ...command, ...(study && { studyAttributes: { ...command.studyAttributes, tags: study } }), ...(series && { seriesAttributes: { ...command.seriesAttributes, tags: series } }) };
}
