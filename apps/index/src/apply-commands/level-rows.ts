import type { LevelAttributes } from '@isocenter/commands';
import { SEARCHABLE_ATTRIBUTES, type NameWordRow, type SeriesRow, type StudyRow, type Write } from '@isocenter/metadata-store';
import { createHash } from 'node:crypto';
import { azureDefaultMembers, tagKey } from '../search/pick-members.js';

export function digestOf(attributes: LevelAttributes): string {
  return createHash('sha256').update(JSON.stringify(attributes)).digest('base64url').slice(0, 22);
}

type Member = { vr: string; Value?: unknown[] };

/**
 * The attributes of a study or series when one more instance arrives: the newest value of each wins, an empty one never
 * overwrites, an invalid one is not in `newer` at all (PS3.18 leaves inconsistent instances to the server).
 */
export function mergeAttributes(older: LevelAttributes, newer: LevelAttributes): LevelAttributes {
  const members = JSON.parse(`{${older.members}}`) as Record<string, Member>;
  const columns = { ...older.columns };
  let { patientWords, referringWords } = older;
  for (const [tag, member] of Object.entries(JSON.parse(`{${newer.members}}`) as Record<string, Member>)) {
    const hasValue = Boolean(member.Value?.length);
    if (hasValue || !(tag in members)) members[tag] = member;
    if (!hasValue) continue;
    // What is shown is what is searched for, also where the new value cannot be: then neither is the old one.
    const column = COLUMN_OF[tag];
    if (column !== undefined) delete columns[column];
    if (column === 'patientName') ({ patientWords } = newer);
    if (column === 'referringPhysician') ({ referringWords } = newer);
  }
  return { members: Object.keys(members).sort().map((tag) => `"${tag}":${JSON.stringify(members[tag])}`).join(','), columns: { ...columns, ...newer.columns }, patientWords, referringWords, ...mergedTags(older, newer) };
}

function mergedTags({ tags: older }: LevelAttributes, { tags: newer }: LevelAttributes): Pick<LevelAttributes, 'tags'> {
  return older || newer ? { tags: { ...older, ...newer } } : {};
}

/** Column of a DICOM JSON key, named as in the rows; the keys of studies and series are different ones. */
const COLUMN_OF: Readonly<Record<string, string | undefined>> = Object.fromEntries(SEARCHABLE_ATTRIBUTES.map(({ tag, column }) => [tagKey(tag), column === 'seriesDescription' ? 'description' : column]));

/** The column in which a row of a study or series has an attribute for searches; undefined when it has none. */
export function columnOf(tag: string): string | undefined {
  const column = COLUMN_OF[tag];
  return [...STUDY_COLUMNS, ...SERIES_COLUMNS].find((one) => one === column);
}

type StudyColumns = Pick<StudyRow, (typeof STUDY_COLUMNS)[number] | 'words' | 'azureDefault' | 'attributes' | 'tags'>;
const STUDY_COLUMNS = ['patientId', 'patientName', 'birthDate', 'accessionNumber', 'referringPhysician', 'studyDate', 'studyTime', 'studyId', 'description'] as const;
const SERIES_COLUMNS = ['modality', 'manufacturerModel', 'performedStartDate', 'seriesNumber', 'description'] as const;

function columnsOf<Row extends object>(row: Row, names: readonly (keyof Row & string)[]): Record<string, string | number> {
  return Object.fromEntries(names.flatMap((name) => (row[name] === null ? [] : [[name, row[name] as string | number]])));
}

/** What was merged into a study so far. */
export function studyAttributes(row: StudyRow): LevelAttributes {
  const [patientWords, referringWords] = JSON.parse(row.words) as [string[], string[]];
  return { members: row.attributes, columns: columnsOf(row, STUDY_COLUMNS), patientWords, referringWords, ...tagsOf(row) };
}

/** What was merged into a series so far. */
export function seriesAttributes(row: SeriesRow): LevelAttributes {
  return { members: row.attributes, columns: columnsOf(row, SERIES_COLUMNS), ...tagsOf(row) };
}

function tagsOf({ tags }: Pick<StudyRow, 'tags'>): Pick<LevelAttributes, 'tags'> {
  return tags === null ? {} : { tags: JSON.parse(tags) as NonNullable<LevelAttributes['tags']> };
}

function tagsColumn({ tags }: LevelAttributes): Pick<StudyRow, 'tags'> {
  return { tags: tags ? JSON.stringify(tags) : null };
}

export function studyColumns(attributes: LevelAttributes): StudyColumns {
  const { columns, members, patientWords = [], referringWords = [] } = attributes;
  return {
    patientId: text(columns.patientId), patientName: text(columns.patientName), birthDate: number(columns.birthDate),
    accessionNumber: text(columns.accessionNumber), referringPhysician: text(columns.referringPhysician),
    studyDate: number(columns.studyDate), studyTime: number(columns.studyTime), studyId: text(columns.studyId), description: text(columns.description),
    words: JSON.stringify([patientWords, referringWords]),
    azureDefault: azureDefaultMembers('study', members), attributes: members, ...tagsColumn(attributes),
  };
}

type SeriesColumns = Pick<SeriesRow, (typeof SERIES_COLUMNS)[number] | 'azureDefault' | 'attributes' | 'tags'>;

export function seriesColumns(attributes: LevelAttributes): SeriesColumns {
  const { columns, members } = attributes;
  return {
    modality: text(columns.modality), manufacturerModel: text(columns.manufacturerModel), performedStartDate: number(columns.performedStartDate),
    seriesNumber: number(columns.seriesNumber), description: text(columns.description),
    azureDefault: azureDefaultMembers('series', members), attributes: members, ...tagsColumn(attributes),
  };
}

function text(value: string | number | undefined): string | null {
  return value === undefined ? null : String(value);
}

/** An integer string that holds something else is not indexed. */
export function number(value: string | number | undefined): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}

function wordRows(partition: number, study: string, ordinal: number, { patientWords = [], referringWords = [] }: LevelAttributes): NameWordRow[] {
  const rows = (words: readonly string[], attribute: number): NameWordRow[] => [...new Set(words)].map((word) => ({ partition, word, study, attribute, ordinal }));
  return [...rows(patientWords, 1), ...rows(referringWords, 2)];
}

/** Writes that lead from the words of the old attributes to those of the new. */
export function nameWordWrites(partition: number, study: string, ordinal: number, before: LevelAttributes | undefined, after: LevelAttributes | undefined): Write[] {
  const old = before ? wordRows(partition, study, ordinal, before) : [];
  const now = after ? wordRows(partition, study, ordinal, after) : [];
  const same = (a: NameWordRow, b: NameWordRow): boolean => a.word === b.word && a.attribute === b.attribute;
  return [
    ...old.filter((row) => !now.some((other) => same(row, other))).map(({ word, attribute }): Write => ({ op: 'remove', table: 'nameWords', key: { partition, word, study, attribute } })),
    ...now.filter((row) => !old.some((other) => same(row, other))).map((row): Write => ({ op: 'put', table: 'nameWords', row })),
  ];
}
