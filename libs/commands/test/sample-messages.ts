import type { Decision } from '../src/decision.js';
import type { Command, StoreInstance, StoreInstanceBody } from '../src/messages.js';

/** A message of every kind, with and without what may be absent. A new kind is added here; what a release wrote stays as it was recorded. */
export interface SampleCommand {
  readonly command: Command;
  readonly body: StoreInstanceBody;
}

const nothing: StoreInstanceBody = { metadata: Buffer.alloc(0), marks: Buffer.alloc(0), frameTable: Buffer.alloc(0) };
const version = '0199aaaa-0000-7000-8000-000000000002';
const asker = '0199aaaa-0000-7000-8000-000000000003';
const deadline = 1767323045678;

const storeInstance: StoreInstance = {
  type: 'store-instance', id: '0199aaaa-0000-7000-8000-000000000001', partition: 'Microsoft.Default', mode: 'create', storedBy: 'modality é',
  study: '1.2.3', series: '1.2.3.4', sop: '1.2.3.4.5', sopClass: '1.2.840.10008.5.1.4.1.1.2', version,
  objectKey: `Microsoft.Default/1.2.3/1.2.3.4/1.2.3.4.5/${version}.dcm`, size: 525312, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  transferSyntax: '1.2.840.10008.1.2.1', frameCount: 1, storedAt: '2026-01-02T03:04:05.678Z',
  studyAttributes: {
    members: '"00100010":{"vr":"PN","Value":[{"Alphabetic":"Doe^Jané"}]},"0020000D":{"vr":"UI","Value":["1.2.3"]}',
    columns: { patientName: 'doe^jane', study: '1.2.3' }, patientWords: ['doe', 'jane'],
  },
  seriesAttributes: { members: '"00080060":{"vr":"CS","Value":["CT"]}', columns: { modality: 'ct', seriesNumber: 1 } },
  instanceAttributes: { members: '"00080018":{"vr":"UI","Value":["1.2.3.4.5"]}', columns: { sop: '1.2.3.4.5' } },
  bulk: '[]', deadline, asker,
};

export const sampleCommands: Readonly<Record<string, SampleCommand>> = {
  'store-instance': {
    command: storeInstance,
    body: { metadata: Buffer.from('{"00080018":{"vr":"UI","Value":["1.2.3.4.5"]}}'), marks: Buffer.from('000102030405060708090a0b', 'hex'), frameTable: Buffer.from('ff0001', 'hex') },
  },
  'store-instance-large': {
    command: {
      ...storeInstance, id: '0199aaaa-0000-7000-8000-000000000004', mode: 'replace', asker: undefined,
      bulk: '[{"path":"00091002","offset":200,"length":70000,"vr":"OB"}]', metadataKey: 'k.metadata', frameTableKey: 'k.frames',
    },
    body: { ...nothing, marks: Buffer.alloc(12) },
  },
  'update-instance': {
    command: { ...storeInstance, type: 'update-instance', id: version, deadline: undefined, baseVersion: '0199aaaa-0000-7000-8000-000000000007', updateId: '0123456789abcdef0123456789abcdef' },
    body: { ...nothing, metadata: Buffer.from('{}') },
  },
  'restore-instance': {
    command: {
      ...storeInstance, type: 'restore-instance', id: `0123456789abcdef0123456789abcdef/${version}`, deadline: undefined, part: 'latest', ordinals: [1767323045678000, 1767323045678064, 1767323045678128],
      updateId: '0123456789abcdef0123456789abcdef', original: { version: '0199aaaa-0000-7000-8000-000000000007', objectKey: 'k.dcm', size: 1, sha256: 'e3b0' },
    },
    body: { ...nothing, metadata: Buffer.from('{}') },
  },
  'refresh-levels': {
    command: { type: 'refresh-levels', id: '0199aaaa-0000-7000-8000-000000000008', partition: 'ward-7', study: '1.2.3', asker },
    body: nothing,
  },
  'check-study': {
    command: { type: 'check-study', id: '0123456789abcdef0123456789abcdef/1/1.2.3', partition: 'ward-7', study: '1.2.3', mend: true, withoutChange: [{ series: '1.2.3.4', sop: '1.2.3.4.5', version }], asker },
    body: nothing,
  },
  'delete-instance': {
    command: { type: 'delete-instances', id: '0199aaaa-0000-7000-8000-000000000006', partition: 'ward-7', study: '1.2.3', series: '1.2.3.4', sop: '1.2.3.4.5', deletedBy: 'admin', deadline, asker },
    body: nothing,
  },
  'reindex-chunk': {
    command: {
      type: 'reindex-instances', id: '0123456789abcdef0123456789abcdef/1/1.2.3/1', partition: 'ward-7', study: '1.2.3', tags: [1, 2], afterOrdinal: 1767323045678000,
      chunkOf: { id: '0123456789abcdef0123456789abcdef/1/1.2.3', asker, chunk: 1, count: 100, errors: 0 },
    },
    body: nothing,
  },
  'delete-chunk': {
    command: {
      type: 'delete-instances', id: '0199aaaa-0000-7000-8000-000000000005/2', partition: 'Microsoft.Default', study: '1.2.3', deletedBy: 'admin',
      chunkOf: { id: '0199aaaa-0000-7000-8000-000000000005', asker, belowOrdinal: 1767323045678000, deleted: 1000, chunk: 2 },
    },
    body: nothing,
  },
};

type Kinds = { readonly [K in Decision['kind']]: Extract<Decision, { kind: K }> };

/** One of every kind, which the compiler sees to. */
const decisions: Kinds = {
  created: { kind: 'created', version }, replaced: { kind: 'replaced', version }, same: { kind: 'same', version }, conflict: { kind: 'conflict', version },
  doomed: { kind: 'doomed' }, deleting: { kind: 'deleting' }, deleted: { kind: 'deleted', count: 1000 }, 'not-found': { kind: 'not-found' }, late: { kind: 'late' },
  updated: { kind: 'updated', version }, outdated: { kind: 'outdated' }, refreshed: { kind: 'refreshed' }, 'study-checked': { kind: 'study-checked', differences: [{ series: '1.2.3.4', what: 'It counts 2 instances; there are 1.' }], mended: true }, restored: { kind: 'restored', levelsChanged: true }, rebuilding: { kind: 'rebuilding' }, reindexing: { kind: 'reindexing' }, reindexed: { kind: 'reindexed', count: 100, errors: 1 }, void: { kind: 'void' }, failed: { kind: 'failed', text: 'A command in the log cannot be read: it ends early.' },
};
export const sampleDecisions: readonly Decision[] = Object.values(decisions);
