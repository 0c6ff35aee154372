import type { AttributeSetRow, ChangeRow, CursorRow, DecisionRow, DoomRow, DueRow, InstanceMetadataRow, InstanceRow, OperationRow, PartitionRow, QueryTagRow, RestorationRow, SeriesRow, StudyRow, TagErrorRow, TagValueRow, WebhookRow } from './rows.js';
import type { SearchHit, SearchPlan } from './search-plan.js';
import type { Outcome, Transaction } from './transaction.js';

/** Instances below a study, a series, or one instance. */
export interface InstanceScope {
  readonly partition: number;
  readonly study: string;
  readonly series?: string;
  readonly sop?: string;
}

/**
 * What all instances of a scope have in common with no other state of it: versions only grow, so count and newest version
 * together change with every store, replacement and delete.
 */
export interface InstanceSummary {
  readonly count: number;
  readonly newestVersion: string;
  readonly transferSyntaxes: readonly string[];
}

/** The part of a study that a transaction is about to remove: instances of the scope with ordinals up to this. */
export interface Without {
  readonly series?: string;
  readonly sop?: string;
  readonly upToOrdinal: number;
}

/** One of the versions that an instance has or had. */
export interface InstanceVersion {
  readonly partition: number;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly version: string;
}

/** A numbered change with what its entry in the feed says about the instance of now. */
export interface NumberedChange extends ChangeRow {
  readonly sequence: number;
  readonly timestamp: string;
  readonly partitionName: string;
  /** Version of the instance of now; null when it is deleted. */
  readonly currentVersion: string | null;
}

/** What a study, series or instance has for a tag: '' where its level has no such UID. */
export type TagValueKey = Pick<TagValueRow, 'study' | 'series' | 'sop' | 'tag'>;

export interface ChangeWindow {
  /** Sequences greater than this. */
  readonly after: number;
  /** Sequences up to this. */
  readonly upTo?: number;
  readonly limit: number;
}

/**
 * Port of the metadata store. Two adapters, one contract suite (`metadata-store.contract.ts`). Everything is scoped by
 * partition key; the type of every query demands it. Reads see every transaction that was reported committed.
 * Errors: MetadataStoreUnavailableError (retriable) when the store is away or full; `commit` also TransactionRefusedError.
 */
export interface MetadataStore {
  commit(transaction: Transaction): Promise<Outcome>;

  findPartition(name: string): Promise<PartitionRow | undefined>;
  listPartitions(afterKey: number): Promise<PartitionRow[]>;

  readCursor(name: string): Promise<CursorRow | undefined>;
  findDecisions(commandIds: readonly string[]): Promise<DecisionRow[]>;
  /** Decisions made before a moment are removed; returns how many. */
  forgetDecisions(decidedBefore: number): Promise<number>;

  findStudy(partition: number, study: string): Promise<StudyRow | undefined>;
  findSeries(partition: number, study: string, series: string): Promise<SeriesRow | undefined>;
  listSeries(partition: number, study: string): Promise<SeriesRow[]>;
  findInstance(partition: number, study: string, series: string, sop: string): Promise<InstanceRow | undefined>;
  /** In order of store; `belowOrdinal` exclusive. */
  listInstances(scope: InstanceScope, options?: { belowOrdinal?: number; limit?: number; afterOrdinal?: number }): Promise<InstanceRow[]>;
  /** Undefined when there are none. */
  summarizeInstances(scope: InstanceScope): Promise<InstanceSummary | undefined>;
  findInstanceMetadata(partition: number, study: string, series: string, sop: string): Promise<InstanceMetadataRow | undefined>;
  /** In order of store, a page at a time: `afterOrdinal` exclusive. `original`: of instances that were updated what was sent first. */
  listInstanceMetadata(scope: InstanceScope, afterOrdinal: number, limit: number, options?: { original?: boolean }): Promise<(InstanceMetadataRow & { ordinal: number })[]>;

  /** The distinct sets of study (or series) attributes that the scope's instances brought, but for `without`; the one with the newest version first. */
  listAttributeSets(level: 'study' | 'series', scope: InstanceScope, without: Without): Promise<AttributeSetRow[]>;
  findAttributeSets(partition: number, study: string, digests: readonly string[]): Promise<string[]>;
  listDooms(partition: number, study: string): Promise<DoomRow[]>;

  search(plan: SearchPlan): Promise<SearchHit[]>;

  /** Changes without a number, in the order of their log partition. */
  listUnnumberedChanges(limit: number): Promise<ChangeRow[]>;
  /** Numbered changes in order. */
  listChanges(window: ChangeWindow): Promise<NumberedChange[]>;
  /** The first sequence at or after a timestamp (seven fraction digits); undefined when there is none. */
  sequenceAt(timestamp: string): Promise<number | undefined>;
  latestChange(): Promise<NumberedChange | undefined>;

  /** Of these versions those that are stored now, as the latest or as the original, or that a change tells of, numbered or not. At most 1,000 at a time. */
  findKnownVersions(versions: readonly InstanceVersion[]): Promise<ReadonlySet<string>>;
  /** What became of these versions: the changes that brought or took them, numbered or not, in no order. At most 1,000 at a time. */
  listVersionChanges(versions: readonly string[]): Promise<ChangeRow[]>;

  /** All, in the order of their ids; they are few. */
  listWebhooks(): Promise<WebhookRow[]>;

  /** In the order in which they were added; they are few. */
  listQueryTags(): Promise<QueryTagRow[]>;
  /** Of these rows those that there are; words are none. At most 1,000 at a time. */
  findTagValues(partition: number, keys: readonly TagValueKey[]): Promise<TagValueRow[]>;
  /** Any values of a tag, or words of it, in all partitions. */
  listTagValues(tag: number, limit: number): Promise<TagValueRow[]>;
  /** In the order of partition, study, series, instance. */
  listTagErrors(tag: number, offset: number, limit: number): Promise<TagErrorRow[]>;
  /** Of each tag that has some. */
  countTagErrors(): Promise<ReadonlyMap<number, number>>;
  /** In the order of their first store; `afterOrdinal` exclusive. */
  listStudies(partition: number, afterOrdinal: number, limit: number): Promise<StudyRow[]>;

  /** Of instances that are to be brought back: of one study, or of all, study by study; those of a study in the order of their sequences. */
  listRestorations(scope: Pick<InstanceScope, 'partition' | 'study'> | undefined, limit: number): Promise<RestorationRow[]>;
  findRestoration(partition: number, study: string, series: string, sop: string): Promise<RestorationRow | undefined>;

  findOperation(id: string): Promise<OperationRow | undefined>;
  /** Those of the types that have not ended, in the order of their start. */
  listOpenOperations(types: readonly string[]): Promise<OperationRow[]>;

  listDue(kind: DueRow['kind'], notAfter: number, limit: number): Promise<DueRow[]>;

  /** Calls back after commits that made unnumbered or numbered changes: a hint, may be lost or doubled. */
  onChanges(listener: () => void): () => void;
  /** Resolves when the store answers; rejects with what is wrong. */
  ping(): Promise<void>;
}

/** Injection token of the port. */
export const METADATA_STORE = Symbol('MetadataStore');
