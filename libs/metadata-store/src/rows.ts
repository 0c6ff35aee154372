/**
 * The rows of the metadata store. Everything that belongs to a partition starts with its key; UIDs are without padding.
 * JSON members are `"ggggeeee":{…}` pairs joined by commas, without braces: what a search answers is joined, not parsed.
 */

export interface PartitionRow {
  /** 1 is `Microsoft.Default`. */
  key: number;
  name: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** Progress of one consumer in one partition of a topic, or another named position. */
export interface CursorRow {
  name: string;
  position: number;
  /** What else moves with the position, as text; '' when nothing does. */
  detail: string;
}

/** What became of a command. The first insert wins, so a decision never changes. */
export interface DecisionRow {
  commandId: string;
  /** JSON of the deciding service. */
  decision: string;
  /** Milliseconds since 1970; rows older than a day behind their command's deadline are removed. */
  decidedAt: number;
}

export interface StudyRow {
  partition: number;
  study: string;
  /** Order of first store; greater is newer. */
  ordinal: number;
  patientId: string | null;
  patientName: string | null;
  birthDate: number | null;
  accessionNumber: string | null;
  referringPhysician: string | null;
  studyDate: number | null;
  /** HHMMSSFFFFFF as a number. */
  studyTime: number | null;
  studyId: string | null;
  description: string | null;
  /** JSON [[words of PatientName], [words of ReferringPhysicianName]]: the rows of this study in nameWords. */
  words: string;
  /** Digest of the attribute set that was merged last. */
  newestSet: string;
  /** Modalities of the series, folded, `\ct\mr\`; '' when none. */
  modalities: string;
  seriesCount: number;
  instanceCount: number;
  /** Members of the attribute set that the dialect's default answer needs, and all of the level. */
  azureDefault: string;
  attributes: string;
  /** JSON of the deciding service: values of extended query tags; null when there are none. */
  tags: string | null;
}

export interface SeriesRow {
  partition: number;
  study: string;
  series: string;
  ordinal: number;
  modality: string | null;
  manufacturerModel: string | null;
  performedStartDate: number | null;
  seriesNumber: number | null;
  description: string | null;
  instanceCount: number;
  /** Digest of the attribute set that was merged last. */
  newestSet: string;
  azureDefault: string;
  attributes: string;
  /** JSON of the deciding service: values of extended query tags; null when there are none. */
  tags: string | null;
}

export interface InstanceRow {
  partition: number;
  study: string;
  series: string;
  sop: string;
  ordinal: number;
  /** UUIDv7 of this version; the object key holds it too. */
  version: string;
  objectKey: string;
  size: number;
  sha256: string;
  transferSyntax: string;
  sopClass: string;
  instanceNumber: number | null;
  /** Who sent it: name of the principal. */
  storedBy: string;
  storedAt: string;
  frameCount: number;
  /** Digests that name the attribute sets of study and series which this instance brought. */
  studySet: string;
  seriesSet: string;
  attributes: string;
  /** The operation that made this version of an earlier one; null when it is as it was sent. */
  updateId: string | null;
  /** What was sent first, kept beside what updates made of it; null when there were none. */
  originalVersion: string | null;
  originalObjectKey: string | null;
  originalSize: number | null;
  originalSha256: string | null;
}

/** Of an instance that is as it was sent. */
export const NEVER_UPDATED = { updateId: null, originalVersion: null, originalObjectKey: null, originalSize: null, originalSha256: null } as const satisfies Partial<InstanceRow>;

/** What a read of an instance needs beside its row, in a row of its own, so that searches read narrow rows. */
export interface InstanceMetadataRow {
  partition: number;
  study: string;
  series: string;
  sop: string;
  version: string;
  /** DICOM JSON ready to send. When that is the object `metadataKey`: its short form, members that may be searched for, without marks; null in rows of v0.1.0. */
  metadata: Uint8Array | null;
  metadataKey: string | null;
  /** Little-endian uint32 triples (kind, offset, length): where the dialects' views differ. */
  marks: Uint8Array;
  /** Encoded frame table, null when it is the object `frameTableKey`. */
  frameTable: Uint8Array | null;
  frameTableKey: string | null;
  /** JSON: [{path, offset, length, vr}] of the values that are known by range. */
  bulk: string;
}

/** The study or series attributes that an instance brought; shared by all instances that brought the same. */
export interface AttributeSetRow {
  partition: number;
  study: string;
  digest: string;
  /** JSON of the deciding service. */
  attributes: string;
}

/** A word of a person name of a study, for fuzzy search. */
export interface NameWordRow {
  partition: number;
  word: string;
  study: string;
  /** 1 PatientName, 2 ReferringPhysicianName. */
  attribute: number;
  /** Of the study: lets the newest matches be found without reading the studies. */
  ordinal: number;
}

export interface ChangeRow {
  /** Position of the command in the log, then the place within the command: the order of changes of one study. */
  logPartition: number;
  logOffset: number;
  place: number;
  partition: number;
  study: string;
  series: string;
  sop: string;
  version: string;
  action: 'create' | 'update' | 'delete';
  /** Milliseconds since 1970 at the decision. */
  decidedAt: number;
  /** JSON of what the journal keeps beside the identifiers. */
  detail: string;
  /** Null until `change-feed` numbers it. */
  sequence: number | null;
  /** UTC with seven fraction digits; strictly increases with the sequence. */
  timestamp: string | null;
}

/** Work that a committed decision leaves behind: done at least once, then removed. */
export interface DueRow {
  id: string;
  kind: 'remove-objects' | 'send-command';
  /** Milliseconds since 1970 before which it is not to be done. */
  notBefore: number;
  payload: string;
}

/** A delete that is not finished: what was stored below `belowOrdinal` in its scope is doomed. */
export interface DoomRow {
  id: string;
  partition: number;
  study: string;
  /** '' for all. */
  series: string;
  sop: string;
  belowOrdinal: number;
}

/** A subscription of somebody outside to changes. */
export interface WebhookRow {
  /** UUIDv7. */
  id: string;
  url: string;
  /** What deliveries are signed with, kept as it is used; never answered, never logged. */
  secret: string;
  /** JSON of the service: which changes are wanted. */
  filter: string;
  /** Who stopped it: a person (`paused`), or failures (`disabled`). */
  state: 'active' | 'paused' | 'disabled';
  /** The last sequence that is done with: delivered, not wanted, or given up. */
  position: number;
  /** Attempts in a row that failed for the change that is next. */
  attempts: number;
  /** Milliseconds since 1970 before which it is not tried again. */
  notBefore: number;
  /** Changes in a row that were given up. */
  givenUp: number;
  /** What was wrong last, in words; null when nothing ever was. */
  lastError: string | null;
  /** ISO 8601, UTC. */
  lastErrorAt: string | null;
  lastDeliveredAt: string | null;
  createdBy: string;
  createdAt: string;
  /** Changes that persons made, so that a delivery under way does not undo one. */
  edits: number;
}

/** Long work that goes on behind its request. Its row is written by who holds its lease; a person only sets `cancelAsked`. */
export interface OperationRow {
  /** 32 hexadecimal digits. */
  id: string;
  /** What is done: `reindex`, `update`, `export`, …; a runner claims those that it knows. */
  type: string;
  /** Name of the partition that it is about; null when it is about all, or none. */
  partition: string | null;
  /** JSON of the service: what was asked. */
  request: string;
  /** JSON of the service: what the next step begins with. */
  state: string;
  status: 'notStarted' | 'running' | 'succeeded' | 'failed' | 'canceled';
  /** Whole, 0 to 100. */
  percentComplete: number;
  /** JSON of the service; null while there are none. */
  results: string | null;
  /** Why it failed, in words; else null. */
  error: string | null;
  /** JSON array of the paths behind the dialect's root of what it works on. */
  resources: string;
  /** 1: somebody asked that it ends. */
  cancelAsked: number;
  /** The runner that holds the lease; '' when nobody does. */
  holder: string;
  /** Writes of holders: one who has not written for as long as a lease lasts has lost it. */
  edits: number;
  createdBy: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  lastUpdatedAt: string;
}

/** An attribute that was made searchable; of all partitions. */
export interface QueryTagRow {
  /** Eight hexadecimal digits, upper case: `0040A30A`; of a private one as it was given. */
  path: string;
  /** Names its values: never given twice. */
  key: number;
  vr: string;
  /** Of a private tag, else null. */
  privateCreator: string | null;
  level: 'study' | 'series' | 'instance';
  status: 'adding' | 'ready' | 'deleting';
  queryStatus: 'enabled' | 'disabled';
  /** The operation that works on it; null when none does. */
  operation: string | null;
  createdBy: string;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** The value that a study, series or instance has for an extended query tag, or a word of it. */
export interface TagValueRow {
  partition: number;
  study: string;
  /** '' at study level. */
  series: string;
  /** '' above instance level. */
  sop: string;
  /** Key of the tag; of a word of a person name the same, negative. */
  tag: number;
  /** Normalised; in the order of what it means. */
  value: string;
  /** The DICOM JSON member `{"vr":…}` that an answer holds; null of a word. */
  member: string | null;
  /** Of the row of its level: the newest matches are found without reading the rows. */
  ordinal: number;
}

/** Why an instance could not be indexed for an extended query tag. */
export interface TagErrorRow {
  partition: number;
  study: string;
  series: string;
  sop: string;
  tag: number;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Says nothing of the value. */
  message: string;
}

/** An instance that the journal tells of and a rebuild has yet to bring back. */
export interface RestorationRow {
  partition: number;
  study: string;
  series: string;
  sop: string;
  /** Of the change that made its version. */
  sequence: number;
  version: string;
  /** JSON of the rebuilding service: what the journal says of the version, and of the original that it was made from. */
  facts: string;
}

export interface Rows {
  partitions: PartitionRow;
  cursors: CursorRow;
  decisions: DecisionRow;
  studies: StudyRow;
  series: SeriesRow;
  instances: InstanceRow;
  instanceMetadata: InstanceMetadataRow;
  /** Of instances that were updated: the metadata of what was sent first. */
  originalMetadata: InstanceMetadataRow;
  attributeSets: AttributeSetRow;
  nameWords: NameWordRow;
  changes: ChangeRow;
  due: DueRow;
  dooms: DoomRow;
  webhooks: WebhookRow;
  operations: OperationRow;
  queryTags: QueryTagRow;
  tagValues: TagValueRow;
  tagErrors: TagErrorRow;
  restorations: RestorationRow;
}
export type TableName = keyof Rows;

/** The unique key of each table, in order. */
export const TABLE_KEYS = {
  partitions: ['name'],
  cursors: ['name'],
  decisions: ['commandId'],
  studies: ['partition', 'study'],
  series: ['partition', 'study', 'series'],
  instances: ['partition', 'study', 'series', 'sop'],
  instanceMetadata: ['partition', 'study', 'series', 'sop'],
  originalMetadata: ['partition', 'study', 'series', 'sop'],
  attributeSets: ['partition', 'study', 'digest'],
  nameWords: ['partition', 'word', 'study', 'attribute'],
  changes: ['logPartition', 'logOffset', 'place'],
  due: ['id'],
  dooms: ['id'],
  webhooks: ['id'],
  operations: ['id'],
  queryTags: ['path'],
  tagValues: ['partition', 'study', 'series', 'sop', 'tag', 'value'],
  tagErrors: ['partition', 'study', 'series', 'sop', 'tag'],
  restorations: ['partition', 'study', 'series', 'sop'],
} as const satisfies { [T in TableName]: readonly (keyof Rows[T])[] };

export type KeyOf<T extends TableName> = Pick<Rows[T], Extract<(typeof TABLE_KEYS)[T][number], keyof Rows[T]>>;
