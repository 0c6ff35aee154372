import type { RestoreInstance, StoreInstance, StoreInstanceBody, TagValue, UpdateInstance } from '@isocenter/commands';
import { azureView } from '@isocenter/dicom';
import { marksOf } from '@isocenter/http';
import type { QueryTagRow } from '@isocenter/metadata-store';
import { tagValueOf, type Member } from './tag-value.js';

export type Members = Readonly<Record<string, Member>>;
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
  const members = membersOf({ ...body, metadataKey: metadataKey ?? null });
  const taken: { -readonly [L in keyof TakenValues]: Record<string, TagValue> } = {};
  for (const tag of tags) {
    const member = memberOf(members, tag);
    const value = member && tagValueOf(tag.vr, member);
    if (value && value !== 'wrong') (taken[tag.level] ??= {})[tag.key] = value;
  }
  return taken;
}

/** The command with the values of its levels, which are merged with the other attributes from then on. */
export function withTagValues<C extends StoreInstance | UpdateInstance | RestoreInstance>(command: C, { study, series }: TakenValues): C {
  if (!study && !series) return command;
  return { ...command, ...(study && { studyAttributes: { ...command.studyAttributes, tags: study } }), ...(series && { seriesAttributes: { ...command.seriesAttributes, tags: series } }) };
}

/** Valid members of the data set's root, but bulk data; of metadata that are an object of their own those of the short form. */
export function membersOf({ metadata, metadataKey, marks }: { readonly metadata: Uint8Array; readonly metadataKey: string | null; readonly marks: Uint8Array }): Members {
  if (metadataKey !== null) return JSON.parse(bytesOfMetadata(metadata).toString()) as Members;
  return JSON.parse(Buffer.concat(azureView(bytesOfMetadata(metadata), marksOf(marks))).toString()) as Members;
}

export function bytesOfMetadata(metadata: Uint8Array): Buffer {
  return Buffer.from(metadata.buffer, metadata.byteOffset, metadata.byteLength);
}

/** Private elements stand in the block that their creator has reserved in this instance (PS3.5 section 7.8.1). */
export function memberOf(members: Members, { path, privateCreator }: Pick<QueryTagRow, 'path' | 'privateCreator'>): Member | undefined {
  if (privateCreator === null) return members[path];
  const group = path.slice(0, 4);
  for (let block = 0x10; block <= 0xff; block += 1) {
    const name = block.toString(16).toUpperCase().padStart(2, '0');
    if (members[`${group}00${name}`]?.Value?.[0] === privateCreator) return members[`${group}${name}${path.slice(6)}`];
  }
  return undefined;
}
