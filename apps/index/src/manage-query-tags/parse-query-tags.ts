import { isSignedOrUnsigned, keywordOfTag, parseAttributeId, vrName, vrOfTag } from '@isocenter/dicom';
import { BadRequest } from '@isocenter/http';
import type { Level, QueryTagRow } from '@isocenter/metadata-store';
import { TAG_VRS } from '../query-tags/tag-value.js';
import { tagKey } from '../search/pick-members.js';

export type NewTag = Pick<QueryTagRow, 'path' | 'vr' | 'privateCreator' | 'level'>;

const LEVELS: Readonly<Record<string, Level>> = { study: 'study', series: 'series', instance: 'instance' };
const MEMBERS = ['path', 'vr', 'privatecreator', 'level'];
const FIRST_GROUP = 0x0008;

/** The body of a request that adds tags. Names of members and values of enumerations match in any case. Throws BadRequest that names the member and the index of its entry. */
export function parseQueryTags(body: unknown): NewTag[] {
  if (!Array.isArray(body) || body.length === 0) throw new BadRequest('The body is to be a JSON array of at least one tag, each {"path", "level", "vr", "privateCreator"}.');
  const tags = body.map(parseTag);
  tags.forEach(({ path }, index) => {
    const first = tags.findIndex((other) => other.path === path);
    if (first < index) throw new BadRequest(`Member '[${index}].path' names the attribute ${path}, which '[${first}].path' names too; give each attribute once.`);
  });
  return tags;
}

function parseTag(entry: unknown, index: number): NewTag {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) throw new BadRequest(`Member '[${index}]' is no JSON object; allowed is {"path", "level", "vr", "privateCreator"}.`);
  const members = Object.fromEntries(Object.entries(entry).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const unknown = Object.keys(entry).find((name) => !MEMBERS.includes(name.toLowerCase()));
  if (unknown !== undefined) throw new BadRequest(`Member '[${index}].${unknown.slice(0, 80)}' is not known; allowed are path, level, vr and privateCreator.`);
  const refuse = (member: string, allowed: string): BadRequest => {
    const value = members[member.toLowerCase()];
    return new BadRequest(value === undefined || value === null ? `Member '[${index}].${member}' is missing; it is to be ${allowed}.` : `Member '[${index}].${member}' has the value ${JSON.stringify(value).slice(0, 200)}; allowed is ${allowed}.`);
  };
  const tag = typeof members.path === 'string' ? parseAttributeId(members.path) : undefined;
  if (tag === undefined || tag >>> 16 < FIRST_GROUP) throw refuse('path', 'a DICOM keyword or a tag of eight hexadecimal digits, of a group from 0008 on');
  const level = typeof members.level === 'string' ? LEVELS[members.level.toLowerCase()] : undefined;
  if (!level) throw refuse('level', 'Study, Series or Instance');
  return { path: tagKey(tag), level, ...(isPrivate(tag) ? privateTag(tag, members, refuse) : standardTag(tag, members, refuse)) };
}

type Refuse = (member: string, allowed: string) => BadRequest;
type Members = Readonly<Record<string, unknown>>;

function isPrivate(tag: number): boolean {
  return (tag & 0x10000) !== 0;
}

function privateTag(tag: number, { vr, privatecreator }: Members, refuse: Refuse): Pick<NewTag, 'vr' | 'privateCreator'> {
  if ((tag & 0xffff) < 0x1000) throw refuse('path', 'of a private attribute one whose element is 1000 or greater');
  if (typeof privatecreator !== 'string' || !/^[^\\\p{Cc}]{1,64}$/u.test(privatecreator.trim())) throw refuse('privateCreator', 'of a private attribute the 1 to 64 characters of its creator');
  return { vr: vrOf(vr, refuse) ?? raise(refuse('vr', `of a private attribute one of ${[...TAG_VRS].sort().join(', ')}`)), privateCreator: privatecreator.trim() };
}

function standardTag(tag: number, members: Members, refuse: Refuse): Pick<NewTag, 'vr' | 'privateCreator'> {
  // Forms send what was not filled in as ''.
  if (members.privatecreator !== undefined && members.privatecreator !== null && members.privatecreator !== '') throw refuse('privateCreator', 'left out for an attribute that is not private');
  const known = vrName(vrOfTag(tag));
  if (keywordOfTag(tag) === '') throw refuse('path', 'an attribute of DICOM, or a private one with its privateCreator');
  if (!TAG_VRS.has(known)) throw refuse('path', `an attribute whose value representation is one of ${[...TAG_VRS].sort().join(', ')}; this one has ${known}`);
  const allowed = isSignedOrUnsigned(tag) ? ['US', 'SS'] : [known];
  const vr = vrOf(members.vr, refuse) ?? known;
  if (!allowed.includes(vr)) throw refuse('vr', `of this attribute ${allowed.join(' or ')}, or left out`);
  return { vr, privateCreator: null };
}

function vrOf(value: unknown, refuse: Refuse): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string' && TAG_VRS.has(value.toUpperCase())) return value.toUpperCase();
  throw refuse('vr', `one of ${[...TAG_VRS].sort().join(', ')}`);
}

function raise(error: Error): never {
  throw error;
}
