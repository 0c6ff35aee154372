import type { SqlValue } from '@isocenter/standalone-file';
import type { Predicate, SearchColumn, SearchPlan, TagPredicate } from '../search-plan.js';

export interface CompiledQuery {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

const COLUMNS: Record<SearchColumn, string> = {
  study: 'st.study', patientId: 'st.patientId', patientName: 'st.patientName', birthDate: 'st.birthDate', accessionNumber: 'st.accessionNumber',
  referringPhysician: 'st.referringPhysician', studyDate: 'st.studyDate', studyTime: 'st.studyTime', studyId: 'st.studyId', description: 'st.description',
  modalities: 'st.modalities',
  series: 'se.series', modality: 'se.modality', manufacturerModel: 'se.manufacturerModel', performedStartDate: 'se.performedStartDate',
  seriesNumber: 'se.seriesNumber', seriesDescription: 'se.description',
  sop: 'i.sop', sopClass: 'i.sopClass', instanceNumber: 'i.instanceNumber',
};

const OWN_TABLE = { study: 'st', series: 'se', instance: 'i' } as const;

/** Person names are indexed with all their groups, `alphabetic=ideographic=phonetic`; equal means: the first group is. */
const NAME_COLUMNS: ReadonlySet<SearchColumn> = new Set(['patientName', 'referringPhysician']);

const SELECT_STUDY = 'st.azureDefault AS studyAzureDefault, st.attributes AS studyAttributes, st.seriesCount, st.instanceCount AS studyInstanceCount, st.modalities';
const SELECT_SERIES = 'se.azureDefault AS seriesAzureDefault, se.attributes AS seriesAttributes, se.instanceCount AS seriesInstanceCount';
const SELECT_INSTANCE = 'i.attributes AS instanceAttributes, i.transferSyntax';

class Conditions {
  readonly texts: string[] = [];
  readonly params: SqlValue[] = [];

  add(text: string, ...params: readonly SqlValue[]): void {
    this.texts.push(text);
    this.params.push(...params);
  }
}

/** GLOB knows `[`, DICOM does not. */
function globOf(pattern: string): string {
  return pattern.replaceAll('[', '[[]');
}

function prefixEnd(prefix: string): string {
  return `${prefix}\u{10ffff}`;
}

const words = 'SELECT ordinal FROM nameWords WHERE partition = ? AND word >= ? AND word < ? AND attribute = ?';

function wordParams(partition: number, prefix: string, column: string): SqlValue[] {
  return [partition, prefix, prefixEnd(prefix), column === 'patientName' ? 1 : 2];
}

function addEquals(conditions: Conditions, column: SearchColumn, values: readonly (string | number)[]): void {
  const name = COLUMNS[column];
  if (NAME_COLUMNS.has(column)) {
    // '>' follows '=': the range holds the names whose first group this is and that have further groups.
    conditions.add(`(${values.map(() => `${name} = ? OR (${name} >= ? AND ${name} < ?)`).join(' OR ')})`, ...values.flatMap((value) => [value, `${value}=`, `${value}>`]));
  } else if (values.length === 1) {
    conditions.add(`${name} = ?`, values[0]!);
  } else {
    conditions.add(`${name} IN (${values.map(() => '?').join(', ')})`, ...values);
  }
}

function addWildcard(conditions: Conditions, column: SearchColumn, glob: string): void {
  const name = COLUMNS[column];
  if (!NAME_COLUMNS.has(column) || glob.endsWith('*')) return conditions.add(`${name} GLOB ?`, glob);
  conditions.add(`(${name} GLOB ? OR ${name} GLOB ?)`, glob, `${glob}=*`);
}

/** Ordinals of what has such a value: newest first in the index, where the value is one. */
function tagOrdinals(partition: number, { tag, isName, match }: TagPredicate): CompiledQuery[] {
  const select = (key: number, condition: string, ...params: readonly SqlValue[]): CompiledQuery => ({ sql: `SELECT ordinal FROM tagValues WHERE tag = ? AND partition = ? AND ${condition}`, params: [key, partition, ...params] });
  switch (match.kind) {
    case 'equals':
      // '>' follows '=', see addEquals.
      return [isName ? select(tag, '(value = ? OR (value >= ? AND value < ?))', match.value, `${match.value}=`, `${match.value}>`) : select(tag, 'value = ?', match.value)];
    case 'range':
      return [select(tag, 'value >= ? AND value <= ?', match.from ?? '', match.to ?? '\u{10ffff}')];
    case 'wildcard': {
      const glob = globOf(match.pattern);
      return [isName && !glob.endsWith('*') ? select(tag, '(value GLOB ? OR value GLOB ?)', glob, `${glob}=*`) : select(tag, 'value GLOB ?', glob)];
    }
    case 'words':
      return match.prefixes.map((prefix) => select(-tag, 'value >= ? AND value < ?', prefix, prefixEnd(prefix)));
  }
}

function addPredicate(conditions: Conditions, partition: number, predicate: Predicate): void {
  switch (predicate.kind) {
    case 'equals':
      return addEquals(conditions, predicate.column, predicate.values);
    case 'range': {
      const name = COLUMNS[predicate.column];
      if (predicate.from !== undefined) conditions.add(`${name} >= ?`, predicate.from);
      if (predicate.to !== undefined) conditions.add(`${name} <= ?`, predicate.to);
      return;
    }
    case 'wildcard':
      return addWildcard(conditions, predicate.column, globOf(predicate.pattern));
    case 'words':
      for (const prefix of predicate.prefixes) conditions.add(`st.ordinal IN (${words})`, ...wordParams(partition, prefix, predicate.column));
      return;
    case 'tag':
      for (const { sql, params } of tagOrdinals(partition, predicate)) conditions.add(`${OWN_TABLE[predicate.level]}.ordinal IN (${sql})`, ...params);
      return;
    case 'modalities':
      return conditions.add(`(${predicate.values.map(() => 'instr(st.modalities, ?) > 0').join(' OR ')})`, ...predicate.values.map((value) => `\\${value}\\`));
  }
}

function needsTable(plan: SearchPlan, table: 'st' | 'se'): boolean {
  if (table === 'st' ? plan.withStudy : plan.withSeries) return true;
  return plan.predicates.some((predicate) => {
    if (predicate.kind === 'words' || predicate.kind === 'modalities') return table === 'st';
    if (predicate.kind === 'tag') return OWN_TABLE[predicate.level] === table;
    return COLUMNS[predicate.column].startsWith(`${table}.`);
  });
}

/** A range of dates up to about a month; the dates are numbers YYYYMMDD. */
const NARROW_RANGE = 100;

/** Whether so many rows may match that it is better to walk from the newest row on until the page is full than to begin at the matches and sort them. */
function isBroad(predicate: Predicate): boolean {
  switch (predicate.kind) {
    case 'modalities': return true;
    case 'equals': return predicate.column === 'modality';
    case 'range': return Number(predicate.to ?? Infinity) - Number(predicate.from ?? -Infinity) > NARROW_RANGE;
    case 'wildcard': return /^[*?]/.test(predicate.pattern);
    case 'words': return false;
    case 'tag': return false;
  }
}

function fromTables(plan: SearchPlan): string {
  // A CROSS JOIN of SQLite's keeps the order of its tables; otherwise the planner begins where the fewest rows match.
  const join = plan.predicates.every(isBroad) ? 'CROSS JOIN' : 'JOIN';
  const study = ` ${join} studies st ON st.partition = %.partition AND st.study = %.study`;
  if (plan.level === 'study') return 'studies st';
  if (plan.level === 'series') return `series se${needsTable(plan, 'st') ? study.replaceAll('%', 'se') : ''}`;
  const series = needsTable(plan, 'se') ? ` ${join} series se ON se.partition = i.partition AND se.study = i.study AND se.series = i.series` : '';
  return `instances i${series}${needsTable(plan, 'st') ? study.replaceAll('%', 'i') : ''}`;
}

function selection(plan: SearchPlan): string {
  const own = OWN_TABLE[plan.level];
  return [
    `${own}.study`, ...(own === 'st' ? [] : [`${own}.series`]), ...(own === 'i' ? ['i.sop'] : []),
    ...(own === 'st' || plan.withStudy ? [SELECT_STUDY] : []),
    ...(own === 'se' || plan.withSeries ? [SELECT_SERIES] : []),
    ...(own === 'i' ? [SELECT_INSTANCE] : []),
  ].join(', ');
}

/**
 * A search whose one predicate is a value of an extended query tag of its level, or, of studies, a range of dates or a
 * name's prefix: the newest ordinals come from an index that holds them, and only the rows of the page are read.
 */
function compileByOrdinals(plan: SearchPlan, only: Predicate): CompiledQuery | undefined {
  if (plan.study !== undefined) return undefined;
  const own = OWN_TABLE[plan.level];
  const wrap = (inner: string, params: readonly SqlValue[]): CompiledQuery => ({
    sql: `SELECT ${selection(plan)} FROM ${fromTables(plan)} WHERE ${own}.partition = ? AND ${own}.ordinal IN (${inner} ORDER BY ordinal DESC LIMIT ? OFFSET ?) ORDER BY ${own}.ordinal DESC`,
    params: [plan.partition, ...params, plan.limit, plan.offset],
  });
  if (only.kind === 'tag' && only.level === plan.level) {
    const [ordinals, ...others] = tagOrdinals(plan.partition, only);
    return others.length === 0 ? wrap(ordinals!.sql.replace('SELECT ordinal', 'SELECT DISTINCT ordinal'), ordinals!.params) : undefined;
  }
  if (plan.level !== 'study') return undefined;
  if (only.kind === 'words' && only.prefixes.length === 1) {
    return wrap(words.replace('SELECT ordinal', 'SELECT DISTINCT ordinal'), wordParams(plan.partition, only.prefixes[0]!, only.column));
  }
  if (only.kind === 'range' && (only.column === 'studyDate' || only.column === 'birthDate')) {
    return wrap(`SELECT ordinal FROM studies INDEXED BY studies_by_${only.column} WHERE partition = ? AND ${only.column} >= ? AND ${only.column} <= ?`,
      [plan.partition, only.from ?? 0, only.to ?? 99_999_999]);
  }
  return undefined;
}

export function compileSearch(plan: SearchPlan): CompiledQuery {
  if (plan.predicates.length === 1) {
    const special = compileByOrdinals(plan, plan.predicates[0]!);
    if (special) return special;
  }
  const own = OWN_TABLE[plan.level];
  const conditions = new Conditions();
  conditions.add(`${own}.partition = ?`, plan.partition);
  if (plan.study !== undefined) conditions.add(`${own}.study = ?`, plan.study);
  if (plan.series !== undefined) conditions.add(`${own}.series = ?`, plan.series);
  for (const predicate of plan.predicates) addPredicate(conditions, plan.partition, predicate);
  return {
    sql: `SELECT ${selection(plan)} FROM ${fromTables(plan)} WHERE ${conditions.texts.join(' AND ')} ORDER BY ${own}.ordinal DESC LIMIT ? OFFSET ?`,
    params: [...conditions.params, plan.limit, plan.offset],
  };
}
