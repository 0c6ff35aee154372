import type { Decision, LevelAttributes, OriginalVersion, RestoreInstance, StoreInstance, StoreInstanceBody, UpdateInstance } from '@isocenter/commands';
import { NEVER_UPDATED, type InstanceMetadataRow, type InstanceRow, type MetadataStore, type QueryTagRow, type SeriesRow, type StudyRow, type Without, type Write } from '@isocenter/metadata-store';
import { tagValueWrites, removeTagValues } from '../query-tags/tag-value-writes.js';
import { takeTagValues, withTagValues, type TakenValues } from '../query-tags/take-tag-values.js';
import { kindOfInstance } from './kind-of-instance.js';
import { digestOf, mergeAttributes, nameWordWrites, number, seriesAttributes, seriesColumns, studyAttributes, studyColumns } from './level-rows.js';
import { modalitiesOf, withModality } from './modalities.js';
import { recomputeSeries, recomputeStudy } from './recompute-levels.js';
import { removeObjects, removeVersions } from './due-work.js';
import type { WorkingSet } from './working-set.js';

export interface StoreContext {
  readonly store: MetadataStore;
  readonly set: WorkingSet;
  readonly partition: number;
  readonly graceMs: number;
  /** An instance that is created is not looked for first. */
  readonly assumeNew: boolean;
  /** Orders of store that a study and a series are to get when they are made; new ones when absent. */
  readonly ordinals?: { readonly study: number; readonly series: number };
  /** Extended query tags that are not being deleted. */
  readonly tags: readonly QueryTagRow[];
  /** The trace of this command goes on with what follows from it. */
  readonly traceparent: string | undefined;
  /** Collects the accepted change of this command. */
  readonly announce: (change: { action: 'create' | 'update' | 'delete'; series: string; sop: string; version: string; detail: object }) => void;
}

/** Created, replaced, the same, or a conflict; the rows of a store that is accepted. */
export async function decideStore(sent: StoreInstance, body: StoreInstanceBody, context: StoreContext): Promise<Decision> {
  const { set, partition } = context;
  const taken = takeTagValues(sent, body, context.tags);
  const command = withTagValues(sent, taken);
  const held = await set.instance(partition, command.study, command.series, command.sop, context.assumeNew && command.mode === 'create');
  const existing = held.row;
  if (existing && (await isDoomed(existing, context))) return reject(command, context, { kind: 'doomed' });
  if (existing && command.mode === 'create') {
    const same = existing.sha256 === command.sha256 && existing.size === command.size;
    return reject(command, context, { kind: same ? 'same' : 'conflict', version: existing.version });
  }
  const digests = { study: digestOf(command.studyAttributes), series: digestOf(command.seriesAttributes) };
  await putLevels(command, existing, digests, context, existing && { series: existing.series, sop: existing.sop, upToOrdinal: existing.ordinal });
  const ordinal = existing?.ordinal ?? set.ordinals.next();
  held.row = instanceRow(command, partition, ordinal, digests);
  set.writes.push({ op: 'put', table: 'instanceMetadata', row: metadataRow(command, partition, body) }, ...instanceTagWrites(held.row, existing, taken, context));
  if (existing) set.writes.push(...removeVersions(existing, context.graceMs));
  await announceVersion('create', command, held.row, existing, context);
  return { kind: existing ? 'replaced' : 'created', version: command.version };
}

export type VersionCommand = StoreInstance | UpdateInstance | RestoreInstance;

/** What the version has for extended query tags of its own level, in the place of what the one before had. */
export function instanceTagWrites(row: InstanceRow, existing: InstanceRow | undefined, { instance }: TakenValues, { tags }: StoreContext): Write[] {
  const { partition, study, series, sop, ordinal } = row;
  const place = { partition, study, series, sop };
  return [...(existing ? removeTagValues(tags, place) : []), ...tagValueWrites(tags, 'instance', place, ordinal, undefined, instance)];
}

export function metadataRow(command: VersionCommand, partition: number, body: StoreInstanceBody): InstanceMetadataRow {
  return {
    partition, study: command.study, series: command.series, sop: command.sop, version: command.version,
    metadata: body.metadata.length > 0 ? body.metadata : null, metadataKey: command.metadataKey ?? null, marks: body.marks,
    frameTable: command.frameTableKey ? null : body.frameTable, frameTableKey: command.frameTableKey ?? null, bulk: command.bulk,
  };
}

/** Beside the identifiers a change says what a rebuild cannot know of the object. `original`: where what an update was made from is not the version of the change before. */
export async function announceVersion(action: 'create' | 'update', command: Pick<InstanceRow, Exclude<keyof InstanceRow & keyof VersionCommand, 'partition'>>, { ordinal, updateId }: InstanceRow, existing: InstanceRow | undefined, { set, partition, announce }: StoreContext, original?: OriginalVersion): Promise<void> {
  const { row: series } = await set.series(partition, command.study, command.series);
  const { row: study } = await set.study(partition, command.study);
  announce({ action, series: command.series, sop: command.sop, version: command.version,
    detail: {
      ...kindOfInstance(command.sopClass, series?.modality), objectKey: command.objectKey, size: command.size, sha256: command.sha256,
      transferSyntax: command.transferSyntax, storedBy: command.storedBy, replaces: existing?.version,
      storedAt: command.storedAt, ordinals: [study!.ordinal, series!.ordinal, ordinal], ...(updateId !== null && { updateId }), ...(original && { original }),
    } });
}

/** The object of a store that is not accepted was never visible: it may go at once. */
export function reject(command: VersionCommand, { set, partition }: StoreContext, decision: Decision): Decision {
  set.writes.push(removeObjects({ ...command, partition }, 0));
  return decision;
}

export async function isDoomed(row: InstanceRow, { store, partition }: StoreContext): Promise<boolean> {
  const dooms = await store.listDooms(partition, row.study);
  return dooms.some(({ series, sop, belowOrdinal }) => row.ordinal < belowOrdinal && (series === '' || series === row.series) && (sop === '' || sop === row.sop));
}

/** Names of the attribute sets that the instance brings. */
export interface Digests { readonly study: string; readonly series: string }

export function instanceRow(command: VersionCommand, partition: number, ordinal: number, digests: Digests): InstanceRow {
  return {
    partition, study: command.study, series: command.series, sop: command.sop, ordinal, version: command.version, objectKey: command.objectKey,
    size: command.size, sha256: command.sha256, transferSyntax: command.transferSyntax, sopClass: command.sopClass,
    instanceNumber: number(command.instanceAttributes.columns.instanceNumber),
    storedBy: command.storedBy, storedAt: command.storedAt, frameCount: command.frameCount,
    studySet: digests.study, seriesSet: digests.series, attributes: command.instanceAttributes.members, ...NEVER_UPDATED,
  };
}

/**
 * Study and series of an accepted version: made, counted, and their attributes brought up to date. With `without` what the
 * existing version brought is taken out again, for which all of the study's sets are read.
 */
export async function putLevels(command: VersionCommand, existing: InstanceRow | undefined, { study: studyDigest, series: seriesDigest }: Digests, context: StoreContext, without?: Without): Promise<void> {
  const { set, partition } = context;
  const study = await set.study(partition, command.study);
  const series = await set.series(partition, command.study, command.series);
  if (study.row?.newestSet !== studyDigest) await set.putAttributeSet(partition, command.study, studyDigest, JSON.stringify(command.studyAttributes));
  if (series.row?.newestSet !== seriesDigest) await set.putAttributeSet(partition, command.study, seriesDigest, JSON.stringify(command.seriesAttributes));

  // A replaced version takes its attributes with it: then the study is made anew from what remains.
  const added = existing ? 0 : 1;
  const before = series.row;
  if (existing && without && existing.seriesSet !== seriesDigest && before) {
    series.row = await recomputeSeries(context, before, without, command.seriesAttributes, seriesDigest);
  } else {
    series.row = seriesWith(before, command, context, seriesDigest, added);
  }
  if (existing && without && existing.studySet !== studyDigest && study.row) {
    study.row = await recomputeStudy(context, study.row, without, command.studyAttributes, studyDigest);
  } else {
    study.row = studyWith(study.row, command, context, studyDigest, { instances: added, series: before ? 0 : 1 });
  }
  const { modality } = series.row;
  const changed = before !== undefined && before.modality !== null && before.modality !== modality;
  const modalities = changed ? modalitiesOf(await set.listSeries(partition, command.study)) : withModality(study.row.modalities, modality);
  if (modalities !== study.row.modalities) study.row = { ...study.row, modalities };
}

function seriesWith(row: SeriesRow | undefined, command: VersionCommand, { set, partition, tags, ordinals }: StoreContext, digest: string, added: number): SeriesRow {
  if (row?.newestSet === digest) return { ...row, instanceCount: row.instanceCount + added };
  const before = row && seriesAttributes(row);
  const merged = before ? mergeAttributes(before, command.seriesAttributes) : command.seriesAttributes;
  const ordinal = row?.ordinal ?? ordinals?.series ?? set.ordinals.next();
  set.writes.push(...tagValueWrites(tags, 'series', { partition, study: command.study, series: command.series, sop: '' }, ordinal, before?.tags, merged.tags));
  return {
    partition, study: command.study, series: command.series, ordinal,
    instanceCount: (row?.instanceCount ?? 0) + added, newestSet: digest, ...seriesColumns(merged),
  };
}

interface Added { readonly instances: number; readonly series: number }

function studyWith(row: StudyRow | undefined, command: VersionCommand, { set, partition, tags, ordinals }: StoreContext, digest: string, added: Added): StudyRow {
  const counts = { instanceCount: (row?.instanceCount ?? 0) + added.instances, seriesCount: (row?.seriesCount ?? 0) + added.series, modalities: row?.modalities ?? '' };
  if (row?.newestSet === digest) return { ...row, ...counts };
  const before: LevelAttributes | undefined = row && studyAttributes(row);
  const merged = before ? mergeAttributes(before, command.studyAttributes) : command.studyAttributes;
  const ordinal = row?.ordinal ?? ordinals?.study ?? set.ordinals.next();
  set.writes.push(...nameWordWrites(partition, command.study, ordinal, before, merged), ...tagValueWrites(tags, 'study', { partition, study: command.study, series: '', sop: '' }, ordinal, before?.tags, merged.tags));
  return { partition, study: command.study, ordinal, newestSet: digest, ...counts, ...studyColumns(merged) };
}
