import type { NumberedChange } from '@isocenter/metadata-store';

const version = '0199aaaa-0000-7000-8000-000000000002';
const detail = { sopClass: '1.2.840.10008.5.1.4.1.1.2', modality: 'CT', transferSyntax: '1.2.840.10008.1.2.1', size: 525312, sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', objectKey: 'k.dcm', storedBy: 'modality é' };

const created: NumberedChange = {
  logPartition: 3, logOffset: 17, place: 0, partition: 1, partitionName: 'Microsoft.Default', study: '1.2.3', series: '1.2.3.4', sop: '1.2.3.4.5', version, action: 'create',
  decidedAt: 1767323045678, detail: JSON.stringify(detail), sequence: 1, timestamp: '2026-01-02T03:04:05.6780001Z', currentVersion: version,
};

/** A numbered change of every kind, as `index` writes its detail. A new kind is added here; what a release wrote stays as it was recorded. */
export const sampleChanges: Readonly<Record<string, NumberedChange>> = {
  created,
  replaced: { ...created, logOffset: 18, sequence: 2, detail: JSON.stringify({ ...detail, replaces: '0199aaaa-0000-7000-8000-000000000001' }) },
  updated: { ...created, logOffset: 19, sequence: 3, action: 'update' },
  deleted: { ...created, logOffset: 20, place: 1, sequence: 4, action: 'delete', detail: JSON.stringify({ ...detail, deletedBy: 'admin' }), currentVersion: null },
  'in-another-partition': { ...created, partition: 7, partitionName: 'ward-7', sequence: 5 },
};
