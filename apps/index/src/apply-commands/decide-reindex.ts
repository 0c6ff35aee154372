import { insertDecision, type Decision, type LevelAttributes, type ReindexInstances, type TagValue } from '@isocenter/commands';
import type { InstanceMetadataRow, InstanceRow, QueryTagRow, Write } from '@isocenter/metadata-store';
import { InstanceMembers } from '../query-tags/instance-members.js';
import type { TagValues } from '../query-tags/take-tag-values.js';
import { tagValueWrites } from '../query-tags/tag-value-writes.js';
import { decideRefresh } from './decide-refresh.js';
import type { StoreContext } from './decide-store.js';
import { sendCommand } from './due-work.js';
import { digestOf } from './level-rows.js';
import { NOTHING_GOES } from './recompute-levels.js';

/** Instances that one transaction looks through at most: stores of the same log partition wait for it. */
export const REINDEX_CHUNK = 100;
/** Metadata that are read and parsed at a time, so that requests come in between. */
const PAGE = 10;

/**
 * Takes the values of tags that the instances of a study have, a chunk a transaction. What they bring to study and series
 * goes to their attribute sets; when a transaction finds nothing more to change there, study and series are made anew of
 * the sets. Doing it twice changes nothing. The study is not touched by another command of the same transaction: WorkingSet
 * sees to that.
 */
export async function decideReindex(command: ReindexInstances, context: StoreContext): Promise<Decision> {
  const { store, set, partition } = context;
  const { study, afterOrdinal, chunkOf } = command;
  const tags = context.tags.filter(({ key }) => command.tags.includes(key));
  const found = tags.length === 0 ? [] : await store.listInstances({ partition, study }, { afterOrdinal, limit: REINDEX_CHUNK + 1 });
  const chunk = found.slice(0, REINDEX_CHUNK);
  set.markOutdated(partition, study);
  const { errors, changesSets } = await new Chunk(tags, chunk, context).take();
  const root = chunkOf ?? { id: command.id, asker: command.asker, chunk: 0, count: 0, errors: 0 };
  const sums = { count: root.count + chunk.length, errors: root.errors + errors };
  if (found.length > REINDEX_CHUNK || changesSets) {
    set.writes.push(sendCommand({
      type: 'reindex-instances', id: `${root.id}/${root.chunk + 1}`, partition: command.partition, study, tags: command.tags, afterOrdinal: chunk.at(-1)!.ordinal,
      chunkOf: { ...root, ...sums, chunk: root.chunk + 1 },
    }, context.traceparent));
    return { kind: 'reindexing' };
  }
  if (tags.some(({ level }) => level !== 'instance')) await decideRefresh({ ...command, type: 'refresh-levels' }, context);
  const decision: Decision = { kind: 'reindexed', ...sums };
  if (chunkOf) set.writes.push(insertDecision(`${root.id}/end`, decision));
  return decision;
}

type Sets = ReadonlyMap<string, LevelAttributes>;

/** The instances of one transaction. */
class Chunk {
  private errors = 0;
  private changesSets = false;

  constructor(private readonly tags: readonly QueryTagRow[], private readonly rows: readonly InstanceRow[], private readonly context: StoreContext) {}

  async take(): Promise<{ errors: number; changesSets: boolean }> {
    if (this.rows.length === 0) return { errors: 0, changesSets: false };
    const byKey = new Map(this.rows.map((row) => [`${row.series}/${row.sop}`, row]));
    const [studySets, seriesSets] = await Promise.all([this.readSets('study'), this.readSets('series')]);
    const { partition, study, ordinal } = this.rows[0]!;
    for (let after = ordinal - 1, left = this.rows.length; left > 0; left -= PAGE) {
      const page = await this.context.store.listInstanceMetadata({ partition, study }, after, Math.min(PAGE, left));
      for (const metadata of page) {
        const row = byKey.get(`${metadata.series}/${metadata.sop}`);
        if (row) await this.takeInstance(row, metadata, studySets, seriesSets);
      }
      after = page.at(-1)?.ordinal ?? Infinity;
    }
    return { errors: this.errors, changesSets: this.changesSets };
  }

  private async readSets(level: 'study' | 'series'): Promise<Sets> {
    if (!this.tags.some((tag) => tag.level === level)) return new Map();
    const { partition, study } = this.rows[0]!;
    const sets = await this.context.store.listAttributeSets(level, { partition, study }, NOTHING_GOES);
    return new Map(sets.map(({ digest, attributes }) => [digest, JSON.parse(attributes) as LevelAttributes]));
  }

  private async takeInstance(row: InstanceRow, metadata: InstanceMetadataRow, studySets: Sets, seriesSets: Sets): Promise<void> {
    const { partition, study, series, sop, ordinal } = row;
    const values = this.valuesOf(row, metadata);
    this.write(...tagValueWrites(this.tags, 'instance', { partition, study, series, sop }, ordinal, undefined, values));
    const studySet = await this.setWith('study', row, row.studySet, studySets, values);
    const seriesSet = await this.setWith('series', row, row.seriesSet, seriesSets, values);
    if (studySet === row.studySet && seriesSet === row.seriesSet) return;
    this.changesSets = true;
    this.write({ op: 'update', table: 'instances', key: { partition, study, series, sop }, set: { studySet, seriesSet } });
  }

  private valuesOf({ partition, study, series, sop }: InstanceRow, metadata: InstanceMetadataRow): TagValues {
    const members = metadata.metadata && new InstanceMembers({ ...metadata, metadata: metadata.metadata });
    const values: Record<string, TagValue> = {};
    for (const tag of this.tags) {
      const value = members?.valueFor(tag, true);
      if (value && value !== 'wrong') values[tag.key] = value;
      if (members && value !== 'wrong') continue;
      this.errors += 1;
      const message = members ? `The value of '${tag.path}' is not valid for the value representation ${tag.vr}.` : 'The metadata of the instance are larger than 256 KiB and were stored by a release that kept nothing of them for the index; store the instance again by PUT.';
      this.write({ op: 'put', table: 'tagErrors', row: { partition, study, series, sop, tag: tag.key, createdAt: new Date().toISOString(), message } });
    }
    return values;
  }

  /** The name of the attribute set that the instance brings, with the values of the level's tags. */
  private async setWith(level: 'study' | 'series', { partition, study }: InstanceRow, digest: string, sets: Sets, values: TagValues): Promise<string> {
    const attributes = sets.get(digest);
    const own = Object.fromEntries(this.tags.filter((tag) => tag.level === level && values[tag.key]).map(({ key }) => [key, values[key]!]));
    if (!attributes || Object.keys(own).length === 0) return digest;
    const changed: LevelAttributes = { ...attributes, tags: { ...attributes.tags, ...own } };
    const name = digestOf(changed);
    if (name !== digest) await this.context.set.putAttributeSet(partition, study, name, JSON.stringify(changed));
    return name;
  }

  private write(...writes: readonly Write[]): void {
    this.context.set.writes.push(...writes);
  }
}
