import { Schema, type IndexDefinition, type IndexOptions } from 'mongoose';
import { TABLE_KEYS, type Rows, type TableName } from '../rows.js';

/**
 * One collection per table, one document per row. The key is `_id`: the value itself when the key is one column, else a
 * sub-document of its columns in their order, `{partition, study, …}`. So a key is stored and indexed once (measured
 * against a string of the parts, which stores them twice, and an ObjectId, which needs 28 % more of indexes), and what
 * belongs to a study stands together in the index of `_id`.
 *
 * `revision` counts updates: an update that sets what is there already would otherwise write nothing, and so not conflict
 * with its rivals.
 *
 * Sharding. Everything that grows is found by partition and study; on an empty database, after the first start:
 *
 *     sh.enableSharding('isocenter')
 *     for (const name of ['studies', 'series', 'instances', 'instanceMetadata', 'originalMetadata', 'attributeSets', 'nameWords', 'tagValues', 'tagErrors', 'restorations'])
 *       sh.shardCollection(`isocenter.${name}`, { '_id.partition': 1, '_id.study': 1 })
 *     sh.shardCollection('isocenter.decisions', { _id: 'hashed' })
 *
 * `changes` stays whole, since its sequence is unique over all; cursors, partitions, due, dooms, webhooks, operations and queryTags are small.
 */

const text = { type: String, required: true } as const;
const textOrNull = { type: String, required: false } as const;
const number = { type: Number, required: true } as const;
const numberOrNull = { type: Number, required: false } as const;
const bytes = { type: Buffer, required: true } as const;
const bytesOrNull = { type: Buffer, required: false } as const;

type NotNull<V> = NonNullable<V> extends string ? typeof text : NonNullable<V> extends number ? typeof number : typeof bytes;
type OrNull<V> = NonNullable<V> extends string ? typeof textOrNull : NonNullable<V> extends number ? typeof numberOrNull : typeof bytesOrNull;
type Columns<T extends TableName> = { readonly [C in keyof Rows[T]]: null extends Rows[T][C] ? OrNull<Rows[T][C]> : NotNull<Rows[T][C]> };

export const COLUMNS: { readonly [T in TableName]: Columns<T> } = {
  partitions: { key: number, name: text, createdAt: text },
  cursors: { name: text, position: number, detail: text },
  decisions: { commandId: text, decision: text, decidedAt: number },
  studies: {
    partition: number, study: text, ordinal: number,
    patientId: textOrNull, patientName: textOrNull, birthDate: numberOrNull, accessionNumber: textOrNull, referringPhysician: textOrNull,
    studyDate: numberOrNull, studyTime: numberOrNull, studyId: textOrNull, description: textOrNull,
    words: text, newestSet: text, modalities: text, seriesCount: number, instanceCount: number, azureDefault: text, attributes: text, tags: textOrNull,
  },
  series: {
    partition: number, study: text, series: text, ordinal: number,
    modality: textOrNull, manufacturerModel: textOrNull, performedStartDate: numberOrNull, seriesNumber: numberOrNull, description: textOrNull,
    instanceCount: number, newestSet: text, azureDefault: text, attributes: text, tags: textOrNull,
  },
  instances: {
    partition: number, study: text, series: text, sop: text, ordinal: number,
    version: text, objectKey: text, size: number, sha256: text, transferSyntax: text, sopClass: text, instanceNumber: numberOrNull,
    storedBy: text, storedAt: text, frameCount: number, studySet: text, seriesSet: text, attributes: text,
    updateId: textOrNull, originalVersion: textOrNull, originalObjectKey: textOrNull, originalSize: numberOrNull, originalSha256: textOrNull,
  },
  instanceMetadata: {
    partition: number, study: text, series: text, sop: text,
    version: text, metadata: bytesOrNull, metadataKey: textOrNull, marks: bytes, frameTable: bytesOrNull, frameTableKey: textOrNull, bulk: text,
  },
  originalMetadata: {
    partition: number, study: text, series: text, sop: text,
    version: text, metadata: bytesOrNull, metadataKey: textOrNull, marks: bytes, frameTable: bytesOrNull, frameTableKey: textOrNull, bulk: text,
  },
  attributeSets: { partition: number, study: text, digest: text, attributes: text },
  nameWords: { partition: number, word: text, study: text, attribute: number, ordinal: number },
  changes: {
    logPartition: number, logOffset: number, place: number,
    partition: number, study: text, series: text, sop: text, version: text, action: text, decidedAt: number, detail: text,
    sequence: numberOrNull, timestamp: textOrNull,
  },
  due: { id: text, kind: text, notBefore: number, payload: text },
  dooms: { id: text, partition: number, study: text, series: text, sop: text, belowOrdinal: number },
  webhooks: {
    id: text, url: text, secret: text, filter: text, state: text, position: number, attempts: number, notBefore: number, givenUp: number,
    lastError: textOrNull, lastErrorAt: textOrNull, lastDeliveredAt: textOrNull, createdBy: text, createdAt: text, edits: number,
  },
  operations: {
    id: text, type: text, partition: textOrNull, request: text, state: text, status: text, percentComplete: number, results: textOrNull, error: textOrNull,
    resources: text, cancelAsked: number, holder: text, edits: number, createdBy: text, createdAt: text, lastUpdatedAt: text,
  },
  queryTags: {
    path: text, key: number, vr: text, privateCreator: textOrNull, level: text, status: text, queryStatus: text, operation: textOrNull, createdBy: text, createdAt: text,
  },
  tagValues: { partition: number, study: text, series: text, sop: text, tag: number, value: text, member: textOrNull, ordinal: number },
  tagErrors: { partition: number, study: text, series: text, sop: text, tag: number, createdAt: text, message: text },
  restorations: { partition: number, study: text, series: text, sop: text, sequence: number, version: text, facts: text },
};

type Index = readonly [name: string, columns: readonly string[], options?: IndexOptions];

/** Beside `_id`, which serves every read and write of a row by its key. */
const INDEXES: { readonly [T in TableName]: readonly Index[] } = {
  // A key is given once.
  partitions: [['partitions_by_key', ['key'], { unique: true }]],
  cursors: [],
  // Decisions that are a day behind their deadline are forgotten.
  decisions: [['decisions_by_age', ['decidedAt']]],
  studies: [
    // Studies newest first; those of a range of dates or with a modality are found without reading others.
    ['studies_by_ordinal', ['partition', 'ordinal', 'studyDate', 'modalities']],
    // Each: studies by this attribute, newest first; parts of a text are looked for in the index alone.
    ['studies_by_patientId', ['partition', 'patientId', 'ordinal']],
    ['studies_by_patientName', ['partition', 'patientName', 'ordinal']],
    ['studies_by_birthDate', ['partition', 'birthDate', 'ordinal']],
    ['studies_by_accessionNumber', ['partition', 'accessionNumber', 'ordinal']],
    ['studies_by_referringPhysician', ['partition', 'referringPhysician', 'ordinal']],
    ['studies_by_studyDate', ['partition', 'studyDate', 'ordinal']],
    ['studies_by_description', ['partition', 'description', 'ordinal']],
  ],
  series: [
    // Series of a study, in order of store; newest first for searches.
    ['series_of_study', ['partition', 'study', 'ordinal']],
    // All series, newest first.
    ['series_by_ordinal', ['partition', 'ordinal']],
    // All series by Series Instance UID.
    ['series_by_uid', ['partition', 'series', 'ordinal']],
    // Each: all series by this attribute, newest first.
    ['series_by_modality', ['partition', 'modality', 'ordinal']],
    ['series_by_manufacturerModel', ['partition', 'manufacturerModel', 'ordinal']],
    ['series_by_performedStartDate', ['partition', 'performedStartDate', 'ordinal']],
  ],
  instances: [
    // Instances of a study in order of store; newest first for searches.
    ['instances_of_study', ['partition', 'study', 'ordinal']],
    // Instances of a series in order of store; newest first for searches.
    ['instances_of_series', ['partition', 'study', 'series', 'ordinal']],
    // All instances, newest first.
    ['instances_by_ordinal', ['partition', 'ordinal']],
    // All instances by SOP Instance UID.
    ['instances_by_uid', ['partition', 'sop', 'ordinal']],
  ],
  instanceMetadata: [],
  originalMetadata: [],
  attributeSets: [],
  // Fuzzy names: the studies with a word that starts with a prefix, from the index alone.
  nameWords: [['nameWords_by_prefix', ['partition', 'attribute', 'word', 'ordinal']]],
  changes: [
    // The feed in order; a sequence is given once.
    ['changes_by_sequence', ['sequence'], { unique: true, partialFilterExpression: { sequence: { $gt: 0 } } }],
    // Where a window of time begins.
    ['changes_by_timestamp', ['timestamp'], { partialFilterExpression: { timestamp: { $gt: '' } } }],
    // Changes that wait for their number, in the order of their log partition.
    ['changes_unnumbered', ['logPartition', 'logOffset', 'place'], { partialFilterExpression: { sequence: null } }],
    // Whether a version was ever accepted.
    ['changes_by_version', ['version']],
  ],
  // Work of a kind that is due.
  due: [['due_by_time', ['kind', 'notBefore']]],
  // Unfinished deletes of a study.
  dooms: [['dooms_of_study', ['partition', 'study']]],
  webhooks: [],
  // Operations that have not ended.
  operations: [['operations_by_status', ['status', 'type', 'createdAt']]],
  queryTags: [],
  tagValues: [
    // What has a value for a tag, newest first, and what is left of a tag that is deleted.
    ['tagValues_by_value', ['tag', 'partition', 'value', 'ordinal']],
    // Of some rows, those that have a value for a tag.
    ['tagValues_by_ordinal', ['tag', 'partition', 'ordinal', 'value']],
  ],
  // Errors of a tag, in the order of their keys.
  tagErrors: [['tagErrors_by_tag', ['tag', 'partition', 'study', 'series', 'sop']]],
  // What a rebuild brings back next.
  restorations: [['restorations_in_order', ['partition', 'study', 'sequence']]],
};

export const TABLE_NAMES = Object.keys(COLUMNS) as TableName[];

/** Where a column stands in its document. */
export function pathOf(table: TableName, column: string): string {
  const key: readonly string[] = TABLE_KEYS[table];
  if (!key.includes(column)) return column;
  return key.length === 1 ? '_id' : `_id.${column}`;
}

/** The schema of a table's documents, with its indexes. Nothing is made or built by itself: `prepareSchema` does that. */
export function schemaOf(table: TableName): Schema {
  const columns: Readonly<Record<string, object>> = COLUMNS[table];
  const key: readonly string[] = TABLE_KEYS[table];
  const part = (names: readonly string[]): Record<string, object> => Object.fromEntries(names.map((name) => [name, columns[name]!]));
  const _id = key.length === 1 ? columns[key[0]!]! : new Schema(part(key), { _id: false });
  const fields = part(Object.keys(columns).filter((name) => !key.includes(name)));
  const schema = new Schema({ _id, ...fields, revision: { type: Number } }, { strict: 'throw', autoIndex: false, autoCreate: false, versionKey: false, id: false });
  for (const [name, names, options] of INDEXES[table]) {
    schema.index(Object.fromEntries(names.map((column) => [pathOf(table, column), 1])) as IndexDefinition, { name, ...options });
  }
  return schema;
}
