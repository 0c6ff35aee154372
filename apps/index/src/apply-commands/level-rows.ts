import type { LevelAttributes } from '@isocenter/commands';
import type { NameWordRow, SeriesRow, StudyRow, Write } from '@isocenter/metadata-store';
import { createHash } from 'node:crypto';
import { azureDefaultMembers } from '../search/pick-members.js';

export function digestOf(attributes: LevelAttributes): string {
  return createHash('sha256').update(JSON.stringify(attributes)).digest('base64url').slice(0, 22);
}

type Member = { vr: string; Value?: unknown[] };

/**
 * The attributes of a study or series when one more instance arrives: the newest value of each wins, an empty one never
 * overwrites, an invalid one is not in `newer` at all (PS3.18 leaves inconsistent instances to the server).
 */
export function mergeAttributes(older: LevelAttributes, newer: LevelAttributes): LevelAttributes {
  return {
    members: mergeMembers(older.members, newer.members),
    columns: { ...older.columns, ...newer.columns },
    patientWords: newer.patientWords?.length ? newer.patientWords : older.patientWords,
    referringWords: newer.referringWords?.length ? newer.referringWords : older.referringWords,
  };
}

function mergeMembers(older: string, newer: string): string {
  if (older === newer) return older;
  const merged = JSON.parse(`{${older}}`) as Record<string, Member>;
  for (const [tag, member] of Object.entries(JSON.parse(`{${newer}}`) as Record<string, Member>)) {
    if (member.Value?.length || !(tag in merged)) merged[tag] = member;
  }
  return Object.keys(merged).sort().map((tag) => `"${tag}":${JSON.stringify(merged[tag])}`).join(',');
}

type StudyColumns = Pick<StudyRow, (typeof STUDY_COLUMNS)[number] | 'words' | 'azureDefault' | 'attributes'>;
const STUDY_COLUMNS = ['patientId', 'patientName', 'birthDate', 'accessionNumber', 'referringPhysician', 'studyDate', 'studyTime', 'studyId', 'description'] as const;
const SERIES_COLUMNS = ['modality', 'manufacturerModel', 'performedStartDate', 'seriesNumber', 'description'] as const;

function columnsOf<Row extends object>(row: Row, names: readonly (keyof Row & string)[]): Record<string, string | number> {
  return Object.fromEntries(names.flatMap((name) => (row[name] === null ? [] : [[name, row[name] as string | number]])));
}

/** What was merged into a study so far. */
export function studyAttributes(row: StudyRow): LevelAttributes {
  const [patientWords, referringWords] = JSON.parse(row.words) as [string[], string[]];
  return { members: row.attributes, columns: columnsOf(row, STUDY_COLUMNS), patientWords, referringWords };
}

/** What was merged into a series so far. */
export function seriesAttributes(row: SeriesRow): LevelAttributes {
  return { members: row.attributes, columns: columnsOf(row, SERIES_COLUMNS) };
}

export function studyColumns({ columns, members, patientWords = [], referringWords = [] }: LevelAttributes): StudyColumns {
  return {
    patientId: text(columns.patientId), patientName: text(columns.patientName), birthDate: number(columns.birthDate),
    accessionNumber: text(columns.accessionNumber), referringPhysician: text(columns.referringPhysician),
    studyDate: number(columns.studyDate), studyTime: number(columns.studyTime), studyId: text(columns.studyId), description: text(columns.description),
    words: JSON.stringify([patientWords, referringWords]),
    azureDefault: azureDefaultMembers('study', members), attributes: members,
  };
}

type SeriesColumns = Pick<SeriesRow, (typeof SERIES_COLUMNS)[number] | 'azureDefault' | 'attributes'>;

export function seriesColumns({ columns, members }: LevelAttributes): SeriesColumns {
  return {
    modality: text(columns.modality), manufacturerModel: text(columns.manufacturerModel), performedStartDate: number(columns.performedStartDate),
    seriesNumber: number(columns.seriesNumber), description: text(columns.description),
    azureDefault: azureDefaultMembers('series', members), attributes: members,
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
