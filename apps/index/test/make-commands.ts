import { uuidv7, type DeleteInstances, type LevelAttributes, type RefreshLevels, type StoreInstance, type UpdateInstance } from '@isocenter/commands';
import { searchValue, tagOfKeyword, vrName, vrOfTag } from '@isocenter/dicom';
import { SEARCHABLE_ATTRIBUTES, type Level } from '@isocenter/metadata-store';
import { createHash } from 'node:crypto';

/** Values by keyword; null is an element without a value. */
export type Values = Readonly<Record<string, string | null>>;

/** The attributes of a level as `ingest` sends them. */
export function levelAttributes(level: Level, values: Values): LevelAttributes {
  const members: [string, string][] = [];
  const columns: Record<string, string | number> = {};
  const words: Record<string, readonly string[]> = {};
  for (const [keyword, value] of Object.entries(values)) {
    const tag = tagOfKeyword(keyword);
    if (tag === undefined) throw new Error(`${keyword} is no keyword.`);
    const code = vrOfTag(tag);
    const vr = vrName(code);
    const json = value === null ? undefined : vr === 'PN' ? { Alphabetic: value } : vr === 'IS' ? Number(value) : value;
    members.push([tag.toString(16).toUpperCase().padStart(8, '0'), JSON.stringify({ vr, ...(json !== undefined && { Value: [json] }) })]);
    const attribute = SEARCHABLE_ATTRIBUTES.find((one) => one.level === level && one.tag === tag);
    const found = value === null || !attribute ? undefined : searchValue(level, tag, 'everywhere', code, value);
    if (!found || !attribute) continue;
    columns[attribute.column === 'seriesDescription' ? 'description' : attribute.column] = found.value;
    if (found.words) words[keyword] = found.words;
  }
  return { members: members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => `"${key}":${member}`).join(','), columns, patientWords: words.PatientName, referringWords: words.ReferringPhysicianName };
}

export interface StoreValues {
  readonly study?: Values;
  readonly series?: Values;
  readonly instance?: Values;
  /** What the file holds: other text, other bytes. */
  readonly bytes?: string;
}

/** A store of study/series/sop, such as `1/1/1`; by default within a minute, of bytes that are its name. */
export function storeCommand(path: string, values: StoreValues = {}, over: Partial<StoreInstance> = {}): StoreInstance {
  const [study, series, sop] = path.split('/') as [string, string, string];
  const version = uuidv7();
  return {
    type: 'store-instance', id: uuidv7(), partition: 'Microsoft.Default', deadline: Date.now() + 60_000, asker: 'asker', mode: 'create',
    study, series, sop, sopClass: '1.2.840.10008.5.1.4.1.1.2', transferSyntax: '1.2.840.10008.1.2.1', version, objectKey: `${path}/${version}.dcm`,
    size: 100, sha256: createHash('sha256').update(values.bytes ?? path).digest('hex'), frameCount: 1, storedBy: 'me', storedAt: new Date().toISOString(),
    studyAttributes: levelAttributes('study', { StudyInstanceUID: study, ...values.study }),
    seriesAttributes: levelAttributes('series', { SeriesInstanceUID: series, ...values.series }),
    instanceAttributes: levelAttributes('instance', { SOPInstanceUID: sop, ...values.instance }),
    bulk: '[]', ...over,
  };
}

/** What operation `o` made of a stored instance: the same but for these values. */
export function updateCommand(of: StoreInstance | UpdateInstance, path: string, values: StoreValues, over: Partial<UpdateInstance> = {}): UpdateInstance {
  const { mode: _mode, deadline: _deadline, ...version } = storeCommand(path, values);
  return { ...version, type: 'update-instance', id: version.version, baseVersion: of.version, updateId: 'o', ...over };
}

/** The study's attributes made anew, as at the end of an operation. */
export function refreshCommand(study: string): RefreshLevels {
  return { type: 'refresh-levels', id: uuidv7(), partition: 'Microsoft.Default', asker: 'asker', study };
}

/** A delete of a study, series or instance, such as `1`, `1/1` or `1/1/1`. */
export function deleteCommand(path: string, over: Partial<DeleteInstances> = {}): DeleteInstances {
  const [study, series, sop] = path.split('/') as [string, string?, string?];
  return { type: 'delete-instances', id: uuidv7(), partition: 'Microsoft.Default', deadline: Date.now() + 60_000, asker: 'asker', study, series, sop, deletedBy: 'admin', ...over };
}
