import type { Logger } from '@isocenter/telemetry';
import { mongo, type Connection } from 'mongoose';
import { MetadataStoreUnavailableError } from '../errors.js';
import type { ChangeWindow, InstanceScope, InstanceSummary, InstanceVersion, MetadataStore, NumberedChange, TagValueKey, Without } from '../metadata-store.js';
import type { AttributeSetRow, ChangeRow, CursorRow, DecisionRow, DoomRow, DueRow, InstanceMetadataRow, InstanceRow, OperationRow, PartitionRow, QueryTagRow, RestorationRow, SeriesRow, StudyRow, TableName, TagErrorRow, TagValueRow, WebhookRow } from '../rows.js';
import type { SearchHit, SearchPlan } from '../search-plan.js';
import type { Outcome, Transaction } from '../transaction.js';
import type { CausalReads } from './causal-reads.js';
import { ChangeReads } from './change-reads.js';
import { commitTransaction } from './commit-transaction.js';
import { connect } from './connect.js';
import type { RowDocument } from './documents.js';
import { findAttributeSets, findKnownVersions, listAttributeSets, listInstanceMetadata, listInstances, summarizeInstances, type OrdinalBounds } from './instance-reads.js';
import { describeError, isMongoError, wrapError, wrapSetupError } from './mongo-errors.js';
import { prepareSchema } from './prepare-schema.js';
import { Reading } from './reading.js';
import { search } from './search.js';
import { schemaOf, TABLE_NAMES } from './tables.js';
import { ChangeHints } from './watch-changes.js';

export interface MongoMetadataStoreOptions {
  /** `mongodb://…/database`, of a replica set or a sharded cluster. */
  readonly url: string;
  /** Instead of the address's. */
  readonly database?: string;
  readonly log: Pick<Logger, 'warn'>;
  /** Milliseconds after which a commit that is not known to have happened is reported as unavailable. */
  readonly commitWithinMs?: number;
}

const COMMIT_WITHIN_MS = 10_000;
/** Another process may be building indexes. */
const SCHEMA_WITHIN_MS = 30_000;
/** Greater than every value, whatever its type. */
const MAX_KEY = new mongo.MaxKey();
/** Decisions removed at a time. */
const FORGOTTEN_AT_ONCE = 5_000;

/** The metadata store on MongoDB. */
export class MongoMetadataStore implements MetadataStore {
  private readonly reading: Reading;
  private readonly changes: ChangeReads;
  private readonly hints: ChangeHints;
  private readonly collections: ReadonlyMap<TableName, mongo.Collection<RowDocument>>;
  /** A partition never changes once it is there. */
  private readonly partitions = new Map<string, PartitionRow>();

  private constructor(private readonly connection: Connection, reads: CausalReads, private readonly options: MongoMetadataStoreOptions) {
    this.collections = new Map(TABLE_NAMES.map((table) => [table, connection.model(table, schemaOf(table), table).collection as unknown as mongo.Collection<RowDocument>]));
    this.reading = new Reading(reads, (table) => this.collections.get(table)!);
    this.changes = new ChangeReads(this.reading);
    this.hints = new ChangeHints(this.collections.get('changes')!, options.log);
  }

  /**
   * Connects, and brings the database to this release's schema. Rejects with MetadataStoreUnavailableError while MongoDB is
   * away, and with MetadataStoreSetupError for what waiting does not mend: address, password, no replica set, a newer schema.
   */
  static async open(options: MongoMetadataStoreOptions): Promise<MongoMetadataStore> {
    const { connection, reads } = await connect(options.url, options.database);
    try {
      await prepareSchema(connection, SCHEMA_WITHIN_MS);
      return new MongoMetadataStore(connection, reads, options);
    } catch (error) {
      await connection.destroy(true).catch(() => undefined);
      throw wrapSetupError(error);
    }
  }

  async close(): Promise<void> {
    await this.hints.close();
    await this.connection.destroy();
  }

  async commit({ writes }: Transaction): Promise<Outcome> {
    const outcome = await commitTransaction(writes, {
      client: this.connection.getClient(),
      collection: (table) => this.collections.get(table)!,
      withinMs: this.options.commitWithinMs ?? COMMIT_WITHIN_MS,
      onSession: (session) => this.hints.markOwn(session),
      onMoment: (moment) => this.reading.reads.advance(moment),
    });
    if (outcome.committed && writes.some(({ table }) => table === 'changes')) this.hints.tell();
    return outcome;
  }

  async findPartition(name: string): Promise<PartitionRow | undefined> {
    const known = this.partitions.get(name);
    if (known) return known;
    const found = await this.reading.row('partitions', { _id: name });
    if (found) this.partitions.set(name, found);
    return found;
  }

  async listPartitions(afterKey: number): Promise<PartitionRow[]> {
    return this.reading.rows('partitions', { key: { $gt: afterKey } }, { sort: { key: 1 }, hint: 'partitions_by_key' });
  }

  async readCursor(name: string): Promise<CursorRow | undefined> {
    return this.reading.row('cursors', { _id: name });
  }

  async findDecisions(commandIds: readonly string[]): Promise<DecisionRow[]> {
    return commandIds.length === 0 ? [] : this.reading.rows('decisions', { _id: { $in: commandIds } });
  }

  async forgetDecisions(decidedBefore: number): Promise<number> {
    const old = await this.reading.find('decisions', { decidedAt: { $lt: decidedBefore } }, { hint: 'decisions_by_age', limit: FORGOTTEN_AT_ONCE, projection: { _id: 1 } });
    if (old.length === 0) return 0;
    try {
      return (await this.collections.get('decisions')!.deleteMany({ _id: { $in: old.map(({ _id }) => _id as never) } })).deletedCount;
    } catch (error) {
      throw wrapError(error);
    }
  }

  async findStudy(partition: number, study: string): Promise<StudyRow | undefined> {
    return this.reading.row('studies', { _id: { partition, study } });
  }

  async findSeries(partition: number, study: string, series: string): Promise<SeriesRow | undefined> {
    return this.reading.row('series', { _id: { partition, study, series } });
  }

  async listSeries(partition: number, study: string): Promise<SeriesRow[]> {
    return this.reading.rows('series', { '_id.partition': partition, '_id.study': study }, { sort: { ordinal: 1 }, hint: 'series_of_study' });
  }

  async findInstance(partition: number, study: string, series: string, sop: string): Promise<InstanceRow | undefined> {
    return this.reading.row('instances', { _id: { partition, study, series, sop } });
  }

  async listInstances(scope: InstanceScope, bounds: OrdinalBounds = {}): Promise<InstanceRow[]> {
    return listInstances(this.reading, scope, bounds);
  }

  async summarizeInstances(scope: InstanceScope): Promise<InstanceSummary | undefined> {
    return summarizeInstances(this.reading, scope);
  }

  async findInstanceMetadata(partition: number, study: string, series: string, sop: string): Promise<InstanceMetadataRow | undefined> {
    return this.reading.row('instanceMetadata', { _id: { partition, study, series, sop } });
  }

  async listInstanceMetadata(scope: InstanceScope, afterOrdinal: number, limit: number, { original = false } = {}): Promise<(InstanceMetadataRow & { ordinal: number })[]> {
    return listInstanceMetadata(this.reading, scope, { afterOrdinal, limit, original });
  }

  async listAttributeSets(level: 'study' | 'series', scope: InstanceScope, without: Without): Promise<AttributeSetRow[]> {
    return listAttributeSets(this.reading, level, scope, without);
  }

  async findAttributeSets(partition: number, study: string, digests: readonly string[]): Promise<string[]> {
    return findAttributeSets(this.reading, partition, study, digests);
  }

  async listDooms(partition: number, study: string): Promise<DoomRow[]> {
    return this.reading.rows('dooms', { partition, study }, { hint: 'dooms_of_study' });
  }

  async search(plan: SearchPlan): Promise<SearchHit[]> {
    return search(this.reading, plan);
  }

  async listUnnumberedChanges(limit: number): Promise<ChangeRow[]> {
    return this.changes.listUnnumbered(limit);
  }

  async listChanges(window: ChangeWindow): Promise<NumberedChange[]> {
    return this.changes.list(window);
  }

  async sequenceAt(timestamp: string): Promise<number | undefined> {
    return this.changes.sequenceAt(timestamp);
  }

  async latestChange(): Promise<NumberedChange | undefined> {
    return this.changes.latest();
  }

  async listVersionChanges(versions: readonly string[]): Promise<ChangeRow[]> {
    return versions.length === 0 ? [] : this.reading.rows('changes', { version: { $in: [...versions] } }, { hint: 'changes_by_version' });
  }

  async findKnownVersions(versions: readonly InstanceVersion[]): Promise<ReadonlySet<string>> {
    return findKnownVersions(this.reading, versions);
  }

  async listDue(kind: DueRow['kind'], notAfter: number, limit: number): Promise<DueRow[]> {
    return this.reading.rows('due', { kind, notBefore: { $lte: notAfter } }, { sort: { notBefore: 1 }, hint: 'due_by_time', limit });
  }

  async listWebhooks(): Promise<WebhookRow[]> {
    return this.reading.rows('webhooks', {}, { sort: { _id: 1 }, hint: '_id_' });
  }

  async listQueryTags(): Promise<QueryTagRow[]> {
    return (await this.reading.rows('queryTags', {}, { hint: '_id_' })).sort((one, other) => one.key - other.key);
  }

  async findTagValues(partition: number, keys: readonly TagValueKey[]): Promise<TagValueRow[]> {
    if (keys.length === 0) return [];
    // Of each key the values are a range of `_id`, whose last column is the value.
    const ranges = keys.map(({ study, series, sop, tag }) => ({ _id: { $gte: { partition, study, series, sop, tag }, $lt: { partition, study, series, sop, tag, value: MAX_KEY } } }));
    return this.reading.rows('tagValues', { $or: ranges }, { hint: '_id_' });
  }

  async listTagValues(tag: number, limit: number): Promise<TagValueRow[]> {
    return this.reading.rows('tagValues', { '_id.tag': { $in: [tag, -tag] } }, { hint: 'tagValues_by_value', limit });
  }

  async listTagErrors(tag: number, offset: number, limit: number): Promise<TagErrorRow[]> {
    const sort = { '_id.partition': 1, '_id.study': 1, '_id.series': 1, '_id.sop': 1 } as const;
    return this.reading.rows('tagErrors', { '_id.tag': tag }, { hint: 'tagErrors_by_tag', sort, skip: offset, limit });
  }

  async countTagErrors(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.reading.aggregate('tagErrors', [{ $match: { '_id.tag': { $gt: 0 } } }, { $group: { _id: '$_id.tag', count: { $sum: 1 } } }], 'tagErrors_by_tag');
    return new Map(rows.map(({ _id, count }) => [_id as number, count as number]));
  }

  async listStudies(partition: number, afterOrdinal: number, limit: number): Promise<StudyRow[]> {
    return this.reading.rows('studies', { '_id.partition': partition, ordinal: { $gt: afterOrdinal } }, { hint: 'studies_by_ordinal', sort: { ordinal: 1 }, limit });
  }

  async listRestorations(scope: Pick<InstanceScope, 'partition' | 'study'> | undefined, limit: number): Promise<RestorationRow[]> {
    const filter = scope ? { '_id.partition': scope.partition, '_id.study': scope.study } : {};
    return this.reading.rows('restorations', filter, { hint: 'restorations_in_order', sort: { '_id.partition': 1, '_id.study': 1, sequence: 1 }, limit });
  }

  async findRestoration(partition: number, study: string, series: string, sop: string): Promise<RestorationRow | undefined> {
    return this.reading.row('restorations', { _id: { partition, study, series, sop } });
  }

  async findOperation(id: string): Promise<OperationRow | undefined> {
    return this.reading.row('operations', { _id: id });
  }

  async listOpenOperations(types: readonly string[]): Promise<OperationRow[]> {
    return this.reading.rows('operations', { status: { $in: ['notStarted', 'running'] }, type: { $in: types } }, { sort: { createdAt: 1, _id: 1 }, hint: 'operations_by_status' });
  }

  onChanges(listener: () => void): () => void {
    return this.hints.add(listener);
  }

  async ping(): Promise<void> {
    try {
      await this.connection.db!.command({ ping: 1 }, { readPreference: 'primary' });
    } catch (error) {
      throw new MetadataStoreUnavailableError(isMongoError(error) ? describeError(error) : error);
    }
  }
}
