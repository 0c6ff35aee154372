import { NEVER_UPDATED, type ChangeRow, type InstanceMetadataRow, type InstanceRow, type SeriesRow, type AttributeSetRow, type StudyRow } from '../rows.js';
import type { SearchPlan } from '../search-plan.js';
import type { Write } from '../transaction.js';

export function studyRow(over: Partial<StudyRow> = {}): StudyRow {
  return {
    partition: 1, study: '1.1', ordinal: 1, patientId: null, patientName: null, birthDate: null, accessionNumber: null, referringPhysician: null,
    studyDate: null, studyTime: null, studyId: null, description: null, words: '[[],[]]', newestSet: 's', modalities: '', seriesCount: 1, instanceCount: 1,
    azureDefault: '"a":1', attributes: '"a":1,"b":2', tags: null, ...over,
  };
}

export function seriesRow(over: Partial<SeriesRow> = {}): SeriesRow {
  return {
    partition: 1, study: '1.1', series: '1.1.1', ordinal: 1, modality: null, manufacturerModel: null, performedStartDate: null, seriesNumber: null,
    description: null, instanceCount: 1, newestSet: 's', azureDefault: '"c":3', attributes: '"c":3,"d":4', tags: null, ...over,
  };
}

export function instanceRow(over: Partial<InstanceRow> = {}): InstanceRow {
  return {
    partition: 1, study: '1.1', series: '1.1.1', sop: '1.1.1.1', ordinal: 1, version: 'v1', objectKey: 'k', size: 10, sha256: 'h',
    transferSyntax: '1.2.840.10008.1.2.1', sopClass: '1.2.840.10008.5.1.4.1.1.2', instanceNumber: null, storedBy: 'me', storedAt: '2026-01-01T00:00:00.000Z',
    frameCount: 1, studySet: 's', seriesSet: 's', attributes: '"e":5', ...NEVER_UPDATED, ...over,
  };
}

export function metadataRow(over: Partial<InstanceMetadataRow> = {}): InstanceMetadataRow {
  return { partition: 1, study: '1.1', series: '1.1.1', sop: '1.1.1.1', version: 'v1', metadata: Buffer.from('{}'), metadataKey: null, marks: Buffer.from([1, 0, 0, 0]), frameTable: null, frameTableKey: 'f', bulk: '[]', ...over };
}

export function changeRow(over: Partial<ChangeRow> = {}): ChangeRow {
  return {
    logPartition: 0, logOffset: 0, place: 0, partition: 1, study: '1.1', series: '1.1.1', sop: '1.1.1.1', version: 'v1', action: 'create', decidedAt: 1, detail: '{}',
    sequence: null, timestamp: null, ...over,
  };
}

export const put = {
  study: (over: Partial<StudyRow> = {}): Write => ({ op: 'put', table: 'studies', row: studyRow(over) }),
  series: (over: Partial<SeriesRow> = {}): Write => ({ op: 'put', table: 'series', row: seriesRow(over) }),
  instance: (over: Partial<InstanceRow> = {}): Write => ({ op: 'put', table: 'instances', row: instanceRow(over) }),
  metadata: (over: Partial<InstanceMetadataRow> = {}): Write => ({ op: 'put', table: 'instanceMetadata', row: metadataRow(over) }),
  original: (over: Partial<InstanceMetadataRow> = {}): Write => ({ op: 'put', table: 'originalMetadata', row: metadataRow(over) }),
  set: (row: AttributeSetRow): Write => ({ op: 'put', table: 'attributeSets', row }),
  change: (over: Partial<ChangeRow> = {}): Write => ({ op: 'put', table: 'changes', row: changeRow(over) }),
  word: (word: string, study: string, ordinal: number, attribute = 1): Write => ({ op: 'put', table: 'nameWords', row: { partition: 1, word, study, attribute, ordinal } }),
};

export function insertCursor(name: string, position: number): Write {
  return { op: 'insert', table: 'cursors', row: { name, position, detail: '' } };
}

export function moveCursor(name: string, from: number, to: number): Write {
  return { op: 'update', table: 'cursors', key: { name }, expect: { position: from }, set: { position: to } };
}

export function insertDecision(commandId: string, decision: string, decidedAt = 1): Write {
  return { op: 'insert', table: 'decisions', row: { commandId, decision, decidedAt } };
}

export function plan(over: Partial<SearchPlan> = {}): SearchPlan {
  return { level: 'study', partition: 1, predicates: [], withStudy: false, withSeries: false, offset: 0, limit: 100, ...over };
}
