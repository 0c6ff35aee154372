import type { LevelAttributes } from '@isocenter/commands';
import type { MetadataStore, QueryTagRow, SeriesRow, StudyRow, Without } from '@isocenter/metadata-store';
import { tagValueWrites } from '../query-tags/tag-value-writes.js';
import { mergeAttributes, nameWordWrites, seriesAttributes, seriesColumns, studyAttributes, studyColumns } from './level-rows.js';
import type { WorkingSet } from './working-set.js';

interface Recompute {
  readonly store: MetadataStore;
  readonly set: WorkingSet;
  /** Extended query tags that are not being deleted. */
  readonly tags: readonly QueryTagRow[];
}

/** Of all that there is. */
export const NOTHING_GOES: Without = { upToOrdinal: -1 };

/** All sets merged, the newest last; `newest` is the set of the command itself, when it brings one. */
function fold(setsNewestFirst: readonly LevelAttributes[], newest: LevelAttributes | undefined): LevelAttributes | undefined {
  const oldestFirst = [...setsNewestFirst].reverse();
  if (newest) oldestFirst.push(newest);
  return oldestFirst.reduce<LevelAttributes | undefined>((older, newer) => (older ? mergeAttributes(older, newer) : newer), undefined);
}

/** The study's attributes from what remains without the removed instances; counts and modalities are the caller's. */
export async function recomputeStudy({ store, set, tags }: Recompute, row: StudyRow, without: Without, newest?: LevelAttributes, digest?: string): Promise<StudyRow> {
  const { partition, study, ordinal } = row;
  const sets = await store.listAttributeSets('study', { partition, study }, without);
  const folded = fold(sets.map(({ attributes }) => JSON.parse(attributes) as LevelAttributes), newest);
  if (!folded) return row;
  const before = studyAttributes(row);
  set.writes.push(...nameWordWrites(partition, study, ordinal, before, folded), ...tagValueWrites(tags, 'study', { partition, study, series: '', sop: '' }, ordinal, before.tags, folded.tags));
  return { ...row, ...studyColumns(folded), newestSet: digest ?? sets[0]!.digest };
}

/** The series' attributes from what remains without the removed instances; the count is the caller's. */
export async function recomputeSeries({ store, set, tags }: Recompute, row: SeriesRow, without: Without, newest?: LevelAttributes, digest?: string): Promise<SeriesRow> {
  const { partition, study, series, ordinal } = row;
  const sets = await store.listAttributeSets('series', { partition, study, series }, without);
  const folded = fold(sets.map(({ attributes }) => JSON.parse(attributes) as LevelAttributes), newest);
  if (!folded) return row;
  set.writes.push(...tagValueWrites(tags, 'series', { partition, study, series, sop: '' }, ordinal, seriesAttributes(row).tags, folded.tags));
  return { ...row, ...seriesColumns(folded), newestSet: digest ?? sets[0]!.digest };
}
