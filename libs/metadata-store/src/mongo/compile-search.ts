import { mongo } from 'mongoose';
import type { Level, Predicate, SearchColumn, SearchPlan, TagPredicate } from '../search-plan.js';
import type { Filter } from './documents.js';
import { pathOf } from './tables.js';
import { wildcardExpression, escapeExpression } from './wildcard-expression.js';

type Words = Extract<Predicate, { kind: 'words' }>;

export const TABLE_OF = { study: 'studies', series: 'series', instance: 'instances' } as const;

/** What a search demands of one level, and of those above it. */
export interface LevelQuery {
  readonly level: Level;
  readonly partition: number;
  readonly filter: Filter;
  /** The index to begin with: the choice stands here instead of with MongoDB's planner, which guesses by samples. */
  readonly hint: string;
  /** About how many rows of a million studies the index leads to. */
  readonly rows: number;
  /** Words of names, which stand in nameWords; of studies only. */
  readonly words: readonly Words[];
  /** Values of extended query tags, which stand in tagValues. */
  readonly tags: readonly TagPredicate[];
  /** Whether it demands more of the level than words. */
  readonly demandsOther: boolean;
  /** What it demands of the nearest level above of which it demands something. */
  readonly above?: LevelQuery;
}

const COLUMNS: Record<SearchColumn, readonly [level: Level, column: string]> = {
  study: ['study', 'study'], patientId: ['study', 'patientId'], patientName: ['study', 'patientName'], birthDate: ['study', 'birthDate'],
  accessionNumber: ['study', 'accessionNumber'], referringPhysician: ['study', 'referringPhysician'], studyDate: ['study', 'studyDate'],
  studyTime: ['study', 'studyTime'], studyId: ['study', 'studyId'], description: ['study', 'description'], modalities: ['study', 'modalities'],
  series: ['series', 'series'], modality: ['series', 'modality'], manufacturerModel: ['series', 'manufacturerModel'],
  performedStartDate: ['series', 'performedStartDate'], seriesNumber: ['series', 'seriesNumber'], seriesDescription: ['series', 'description'],
  sop: ['instance', 'sop'], sopClass: ['instance', 'sopClass'], instanceNumber: ['instance', 'instanceNumber'],
};

/** Person names are stored with all their groups, `alphabetic=ideographic=phonetic`; equal means: the first group is. */
const NAME_COLUMNS: ReadonlySet<SearchColumn> = new Set(['patientName', 'referringPhysician']);

function levelOf(predicate: Predicate): Level {
  if (predicate.kind === 'tag') return predicate.level;
  return predicate.kind === 'modalities' ? 'study' : COLUMNS[predicate.column][0];
}

export function compileSearch(plan: SearchPlan): LevelQuery {
  return compileLevel(plan, plan.level)!;
}

function compileLevel(plan: SearchPlan, level: Level): LevelQuery | undefined {
  const own = plan.predicates.filter((predicate) => levelOf(predicate) === level);
  const above = level === 'instance' ? compileLevel(plan, 'series') : level === 'series' ? compileLevel(plan, 'study') : undefined;
  if (own.length === 0 && level !== plan.level) return above;
  const words = own.filter((predicate) => predicate.kind === 'words');
  const tags = own.filter((predicate) => predicate.kind === 'tag');
  return { level, partition: plan.partition, filter: filterOf(level, own, plan), ...chooseIndex(level, own, plan), words, tags, demandsOther: own.length > words.length || plan.study !== undefined, above };
}

function filterOf(level: Level, own: readonly Predicate[], { partition, study, series }: SearchPlan): Filter {
  const conditions: Filter[] = own.flatMap((predicate) => conditionsOf(level, predicate, partition));
  if (level === 'study') {
    // A study is found by the whole of its key.
    if (study !== undefined) conditions.push({ _id: { partition, study } });
  } else {
    if (study !== undefined) conditions.push({ '_id.study': study });
    if (level === 'instance' && series !== undefined) conditions.push({ '_id.series': series });
  }
  return { '_id.partition': partition, ...(conditions.length > 0 && { $and: conditions }) };
}

function conditionsOf(level: Level, predicate: Predicate, partition: number): Filter[] {
  if (predicate.kind === 'words' || predicate.kind === 'tag') return [];
  if (predicate.kind === 'modalities') return [{ modalities: new mongo.BSONRegExp(`\\\\(?:${predicate.values.map(escapeExpression).join('|')})\\\\`, 's') }];
  const { column } = predicate;
  const path = pathOf(TABLE_OF[level], COLUMNS[column][1]);
  switch (predicate.kind) {
    case 'equals':
      if (column === 'study') return [{ _id: { $in: predicate.values.map((study) => ({ partition, study })) } }];
      if (NAME_COLUMNS.has(column)) return [{ [path]: { $in: predicate.values.flatMap((value) => [value, new mongo.BSONRegExp(`^${escapeExpression(`${value}=`)}`, 's')]) } }];
      return [{ [path]: predicate.values.length === 1 ? predicate.values[0] : { $in: predicate.values } }];
    case 'range':
      return [{ [path]: { ...(predicate.from !== undefined && { $gte: predicate.from }), ...(predicate.to !== undefined && { $lte: predicate.to }) } }];
    case 'wildcard':
      return [{ [path]: wildcardExpression(predicate.pattern, NAME_COLUMNS.has(column)) }];
  }
}

/** Nothing else is more selective. */
export const ROWS_OF_A_UID = 1;
const ROWS_OF_A_PATH = 200;
/** About how many rows have one value, of a million studies: what has fewer is better to begin with. */
const ROWS_PER_VALUE: Partial<Record<SearchColumn, number>> = {
  study: ROWS_OF_A_UID, series: ROWS_OF_A_UID, sop: ROWS_OF_A_UID, accessionNumber: 2, patientId: 4, patientName: 5, birthDate: 40, studyDate: 400, referringPhysician: 500,
  performedStartDate: 1_600, description: 2_000, manufacturerModel: 20_000, modality: 200_000,
};
/** Of a month, or of a text whose beginning is known. */
export const ROWS_PER_NARROW = 10_000;
/** From here on it may be better to begin with the newest row. */
export const ROWS_OF_MANY = 100_000;
/** Keys of the whole partition are looked at, or of the most of it. */
const ROWS_PER_BROAD = 1_000_000;

/** A range of dates up to about a month; the dates are numbers YYYYMMDD. */
const NARROW_RANGE = 100;

function rowsOf(predicate: Predicate, isAlone: boolean): number {
  if (predicate.kind === 'words' || predicate.kind === 'modalities' || predicate.kind === 'tag') return Infinity;
  const perValue = ROWS_PER_VALUE[predicate.column];
  if (perValue === undefined) return Infinity;
  switch (predicate.kind) {
    case 'equals': return perValue;
    case 'wildcard': return /^[*?]/.test(predicate.pattern) ? ROWS_PER_BROAD : ROWS_PER_NARROW;
    case 'range':
      if (Number(predicate.to ?? Infinity) - Number(predicate.from ?? -Infinity) <= NARROW_RANGE) return ROWS_PER_NARROW;
      // Newest studies have newest dates: a range up to now is found soonest from the newest study on.
      return isAlone && predicate.to !== undefined && Number(predicate.to) < today() ? ROWS_PER_BROAD : Infinity;
  }
}

function today(): number {
  return Number(new Date().toISOString().slice(0, 10).replaceAll('-', ''));
}

function chooseIndex(level: Level, own: readonly Predicate[], { study, series }: SearchPlan): { hint: string; rows: number } {
  const table = TABLE_OF[level];
  if (level === 'study' && study !== undefined) return { hint: '_id_', rows: ROWS_OF_A_UID };
  const counts = own.map((predicate) => rowsOf(predicate, own.length === 1));
  const rows = Math.min(...counts);
  const best = own[counts.indexOf(rows)];
  if (best && 'column' in best && rows === ROWS_OF_A_UID) return { hint: best.column === 'study' ? '_id_' : `${table}_by_uid`, rows };
  if (level === 'instance' && series !== undefined) return { hint: 'instances_of_series', rows: ROWS_OF_A_PATH };
  if (level !== 'study' && study !== undefined) return { hint: `${table}_of_study`, rows: ROWS_OF_A_PATH };
  if (best && 'column' in best && rows < Infinity) return { hint: `${table}_by_${COLUMNS[best.column][1]}`, rows };
  return { hint: `${table}_by_ordinal`, rows: Infinity };
}

/** What a value of a tag must be, in tagValues; of words one for each prefix. */
export function tagFilters(partition: number, { tag, isName, match }: TagPredicate): Filter[] {
  const having = (key: number, value: unknown): Filter => ({ '_id.tag': key, '_id.partition': partition, '_id.value': value });
  switch (match.kind) {
    case 'equals': return [having(tag, isName ? { $in: [match.value, new mongo.BSONRegExp(`^${escapeExpression(`${match.value}=`)}`, 's')] } : match.value)];
    case 'range': return [having(tag, { $gte: match.from ?? '', ...(match.to !== undefined && { $lte: match.to }) })];
    case 'wildcard': return [having(tag, wildcardExpression(match.pattern, isName))];
    case 'words': return match.prefixes.map((prefix) => having(-tag, { $gte: prefix, $lt: `${prefix}\u{10ffff}` }));
  }
}
