import { parseAttributeId, textOfMember, vrName, vrOfTag, withTagKeys, type ElementChange } from '@isocenter/dicom';
import { BadRequest, isUid, MAX_STUDIES } from '@isocenter/http';
import { UPDATABLE, UPDATABLE_KEYWORDS } from './updatable-attributes.js';

export interface BulkUpdate {
  readonly studyInstanceUids: readonly string[];
  readonly changes: readonly ElementChange[];
}

/** What of the change set cannot be, a text for each attribute. */
export interface RefusedChanges {
  readonly problems: readonly string[];
}

/** Throws BadRequest for a body that is none; member names are known in any letter case. */
export function parseBulkUpdate(body: unknown): BulkUpdate | RefusedChanges {
  if (!isObject(body)) throw new BadRequest('The body is no JSON object; its members are studyInstanceUids and changeDataset.');
  const studyInstanceUids = parseStudies(memberOf(body, 'studyInstanceUids'));
  const dataset = memberOf(body, 'changeDataset');
  if (!isObject(dataset) || Object.keys(dataset).length === 0) throw new BadRequest("The body's changeDataset is no DICOM JSON data set with at least one attribute.");
  const twice = attributeNamedTwice(Object.keys(dataset));
  if (twice !== undefined) throw new BadRequest(`The body's changeDataset names an attribute twice, the second time as '${twice.slice(0, 80)}'.`);
  const changes: ElementChange[] = [];
  const problems: string[] = [];
  for (const [key, member] of Object.entries(withTagKeys(dataset))) {
    const change = parseChange(key, member);
    if (typeof change === 'string') problems.push(change);
    else changes.push(change);
  }
  return problems.length > 0 ? { problems } : { studyInstanceUids, changes };
}

/** By tag and by keyword, or in two letter cases. */
function attributeNamedTwice(keys: readonly string[]): string | undefined {
  const tags = keys.map((key) => parseAttributeId(key));
  return keys.find((_key, at) => tags[at] !== undefined && tags.indexOf(tags[at]) < at);
}

function parseStudies(value: unknown): string[] {
  if (!Array.isArray(value) || value.length === 0) throw new BadRequest("The body's studyInstanceUids is no list of at least one Study Instance UID.");
  const uids = [...new Set(value.map((uid: unknown) => {
    const text = typeof uid === 'string' ? uid.replace(/[ \0]+$/, '') : '';
    if (!isUid(text)) throw new BadRequest(`The body's studyInstanceUids holds ${JSON.stringify(uid)?.slice(0, 80)}, which is no UID; a UID has 1 to 64 letters, digits, '.' or '-'.`);
    return text;
  }))];
  if (uids.length > MAX_STUDIES) throw new BadRequest(`The body's studyInstanceUids holds ${uids.length} studies; allowed are ${MAX_STUDIES}. Send several requests.`);
  return uids;
}

/** A change, or what is wrong with it. */
function parseChange(key: string, member: unknown): ElementChange | string {
  const tag = parseAttributeId(key);
  if (tag === undefined) return `DICOM100: "${key.slice(0, 80)}" is neither a tag nor a keyword.`;
  const allowed = UPDATABLE.get(tag);
  const name = `(${key.slice(0, 4).toLowerCase()},${key.slice(4).toLowerCase()})`;
  if (!allowed) return `DICOM100: ${name} - The attribute cannot be updated; allowed are ${UPDATABLE_KEYWORDS.join(', ')}.`;
  const vr = vrName(vrOfTag(tag));
  const found = textOfMember(tag, vr, allowed.many, member);
  return 'tag' in found ? found.text : { tag, vr, text: found.text };
}

function memberOf(body: Record<string, unknown>, name: string): unknown {
  return Object.entries(body).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
