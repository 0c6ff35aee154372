import { MAX_FOLDER, MAX_IDENTIFIERS, MAX_LISTED, MAX_PREFIX, MAX_STUDIES } from '../bounds.js';
import { type Schema } from './route-description.js';

const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

const object = (properties: Readonly<Record<string, Schema>>, required: readonly string[] = Object.keys(properties), description?: string): Schema => ({
  ...(description !== undefined && { description }), type: 'object', properties, required,
});
/** Without other members. */
const strict = (properties: Readonly<Record<string, Schema>>, required?: readonly string[]): Schema => ({ ...object(properties, required), additionalProperties: false });
const text = (description?: string): Schema => ({ type: 'string', ...(description !== undefined && { description }) });
const time = (description: string): Schema => ({ type: 'string', format: 'date-time', description });
const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
const orNull = (type: string, description: string): Schema => ({ type: [type, 'null'], description });
const listOf = (items: Schema): Schema => ({ type: 'array', items });

const action: Schema = { type: 'string', enum: ['create', 'update', 'delete'] };

/** Members that a subscription is made with or changed by; what is not given stays. */
const webhookMembers = {
  url: text('Where changes are posted to: https://, or http:// where settings allow it.'),
  secret: orNull('string', 'whsec_ and 24 to 64 bytes in base64; null or absent: one is made.'),
  filter: {
    type: 'object', additionalProperties: false, description: 'What is wanted; an absent member wants all.',
    properties: {
      partitions: { ...listOf(text()), minItems: 1, maxItems: MAX_LISTED },
      modalities: { ...listOf(text()), minItems: 1, maxItems: MAX_LISTED },
      sopClasses: { ...listOf(text()), minItems: 1, maxItems: MAX_LISTED },
      actions: { ...listOf(action), minItems: 1, maxItems: MAX_LISTED },
    },
  },
  state: { type: 'string', enum: ['active', 'paused'] },
  position: count('Sequence of the last change that counts as delivered; the newest of the feed at most.'),
} satisfies Record<string, Schema>;

/** Schemas that descriptions refer to by name, under `components`. */
const table = {
  Dataset: {
    type: 'object', description: 'A data set in the DICOM JSON model (PS3.18 annex F), keys are tags.', additionalProperties: false,
    patternProperties: { '^[0-9A-F]{8}$': ref('Element') },
  },
  Element: {
    type: 'object', required: ['vr'], additionalProperties: false,
    properties: { vr: { type: 'string', pattern: '^[A-Z]{2}$' }, Value: { type: 'array' }, BulkDataURI: text(), InlineBinary: text() },
  },
  Datasets: listOf(ref('Dataset')),
  ChangeEntry: object({
    sequence: { type: 'integer', minimum: 1, description: 'From 1, without a gap.' },
    partitionName: text(), studyInstanceUid: text(), seriesInstanceUid: text(), sopInstanceUid: text(), action,
    timestamp: time('UTC with seven fraction digits; strictly increasing.'),
    state: { type: 'string', enum: ['current', 'replaced', 'deleted'] },
    filePath: { type: 'null' },
    metadata: { ...ref('Dataset'), description: 'Of now, only while the instance exists.' },
  }, ['sequence', 'partitionName', 'studyInstanceUid', 'seriesInstanceUid', 'sopInstanceUid', 'action', 'timestamp', 'state', 'filePath']),
  ChangeEntries: listOf(ref('ChangeEntry')),
  Partition: object({ partitionKey: { type: 'integer' }, partitionName: text(), createdDate: time('When the first instance was stored.') }),
  Partitions: listOf(ref('Partition')),
  WebhookChange: { type: 'object', additionalProperties: false, properties: webhookMembers },
  NewWebhook: { type: 'object', additionalProperties: false, required: ['url'], properties: webhookMembers },
  Webhook: object({
    id: text(), url: text(), filter: webhookMembers.filter, state: webhookMembers.state, position: webhookMembers.position,
    lag: count('Changes of the feed behind the position.'), failedAttempts: count('Of the change that is next.'),
    nextAttemptAt: orNull('string', 'Null: now.'), givenUpInARow: count('Changes that went to the dead letters.'),
    lastError: orNull('string', 'Of the last attempt that failed.'), lastErrorAt: orNull('string', 'When.'), lastDeliveredAt: orNull('string', 'When the last one arrived.'),
    createdBy: text(), createdAt: time('When it was made.'), secret: text('Only in the answer that made it.'),
  }, ['id', 'url', 'filter', 'state', 'position', 'lag', 'failedAttempts', 'nextAttemptAt', 'givenUpInARow', 'lastError', 'lastErrorAt', 'lastDeliveredAt', 'createdBy', 'createdAt']),
  Webhooks: listOf(ref('Webhook')),
  BulkUpdate: object({
    studyInstanceUids: { ...listOf(text('Study Instance UID.')), minItems: 1, maxItems: MAX_STUDIES },
    changeDataset: { type: 'object', minProperties: 1, description: 'DICOM JSON with tags or keywords for keys; null, or no Value, empties an attribute.', additionalProperties: { type: ['object', 'null'] } },
  }),
  Export: strict({
    source: strict({ type: { type: 'string', enum: ['identifiers'] }, settings: strict({ values: { ...listOf(text('study, study/series or study/series/instance.')), minItems: 1, maxItems: MAX_IDENTIFIERS } }) }),
    destination: strict({
      type: { type: 'string', enum: ['file', 's3'] },
      settings: strict({ name: text('Of a destination that the settings of the server have.'), prefix: { type: 'string', maxLength: MAX_PREFIX, description: "Names joined by '/'; what is exported stands below it." } }, ['name']),
    }),
  }),
  Import: strict({
    source: text('Name of a source that the settings of the server have.'),
    prefix: { type: 'string', maxLength: MAX_FOLDER, description: "A folder of it: names joined by '/'. All of it when absent." },
  }, ['source']),
  StartedOperation: object({ id: { type: 'string', pattern: '^[0-9a-f]{32}$' }, href: text('Where it can be read, absolute.') }),
  NewQueryTags: {
    ...listOf(object({
      path: text('Keyword, or tag of eight hexadecimal digits.'), vr: orNull('string', 'Of a private attribute; of another one it may be left out.'),
      privateCreator: orNull('string', 'Of a private attribute.'), level: text('Study, Series or Instance.'),
    }, ['path', 'level'])), minItems: 1, maxItems: 128,
  },
  QueryStatus: object({ queryStatus: text('Enabled or Disabled.') }),
  QueryTag: object({
    path: { type: 'string', pattern: '^[0-9A-F]{8}$' }, vr: text(), privateCreator: text('Of a private attribute.'), level: { type: 'string', enum: ['Study', 'Series', 'Instance'] },
    status: { type: 'string', enum: ['Adding', 'Ready', 'Deleting'] }, queryStatus: { type: 'string', enum: ['Enabled', 'Disabled'] },
    errors: object({ count: count('Instances that could not be indexed.'), href: text('Where they are listed, absolute.') }, undefined, 'Only when there are some.'),
    operation: { ...ref('StartedOperation'), description: 'Only while one works on it.' },
  }, ['path', 'vr', 'level', 'status', 'queryStatus']),
  QueryTags: listOf(ref('QueryTag')),
  QueryTagErrors: listOf(object({
    studyInstanceUid: text(), seriesInstanceUid: text(), sopInstanceUid: text(), createdTime: time('When it was found.'), errorMessage: text(), partitionName: text(),
  })),
  Operation: object({
    operationId: { type: 'string', pattern: '^[0-9a-f]{32}$' }, type: { type: 'string', description: 'What it does: reindex, update, export, import and others.' },
    createdTime: time('When it was asked for.'), lastUpdatedTime: time('When it last got on.'),
    status: { type: 'string', enum: ['notStarted', 'running', 'succeeded', 'completed', 'failed', 'canceled'], description: '`completed` is what version 1 calls succeeded.' },
    percentComplete: { type: 'number', minimum: 0, maximum: 100 }, resources: { ...listOf(text()), description: 'URLs of what it works on.' },
    results: { type: 'object', description: 'What it did.' }, error: text('Why it failed.'),
  }, ['operationId', 'type', 'createdTime', 'lastUpdatedTime', 'status', 'percentComplete', 'resources']),
} satisfies Record<string, Schema>;

export type SchemaName = keyof typeof table;
export const schemas: Readonly<Record<SchemaName, Schema>> = table;

/** A reference to one of them. */
export const schema = (name: SchemaName): Schema => ref(name);

/** Bytes that are no text. */
export const bytes: Schema = {};
