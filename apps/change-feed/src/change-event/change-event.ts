import type { ChangeRow, NumberedChange } from '@isocenter/metadata-store';
import { sequenceText, type CloudEvent } from './cloud-event.js';

/** Types of the Azure dialect (azure-v2-extensions, "Events"). */
const TYPES: Readonly<Record<ChangeRow['action'], string>> = {
  create: 'Microsoft.HealthcareApis.DicomImageCreated',
  update: 'Microsoft.HealthcareApis.DicomImageUpdated',
  delete: 'Microsoft.HealthcareApis.DicomImageDeleted',
};

const DATA_SCHEMA = 'urn:isocenter:change-feed.v1:change';
const DEFAULT_PARTITION = 'Microsoft.Default';

/** What `index` tells of a change beside its identifiers. */
export interface ChangeDetail {
  readonly sopClass?: string;
  readonly modality?: string;
  readonly transferSyntax?: string;
  readonly size?: number;
  readonly sha256?: string;
  /** The version that this one takes the place of. */
  readonly replaces?: string;
  /** W3C trace context of the request that made the change. */
  readonly traceparent?: string;
}

export function detailOf({ detail }: ChangeRow): ChangeDetail {
  return JSON.parse(detail) as ChangeDetail;
}

/**
 * The event of a change: a function of the change alone, so that an event that is sent twice is twice the same, but for
 * `metadata`, which is there only while it can be had. `host` names the archive.
 */
export function changeEvent(change: NumberedChange, host: string, metadata?: Buffer): CloudEvent {
  const { sequence, partitionName, study, action, timestamp } = change;
  const data = JSON.stringify(dataOf(change, host));
  return {
    id: String(sequence),
    source: sourceOf(host),
    type: TYPES[action],
    subject: `${host}${pathOf(change)}`,
    time: timestamp,
    dataschema: DATA_SCHEMA,
    sequence: sequenceText(sequence),
    partitionkey: `${partitionName}/${study}`,
    data: metadata ? `${data.slice(0, -1)},"metadata":${metadata.toString()}}` : data,
  };
}

/** A URI reference that differs between archives; with the id it names an event. */
export function sourceOf(host: string): string {
  return `//${host}/change-feed`;
}

/** The documented data, then what is ours; undefined members are not written. */
function dataOf(change: NumberedChange, host: string): object {
  const { sequence, partitionName, study, series, sop, action, version, timestamp } = change;
  const { sopClass, modality, transferSyntax, size, sha256, replaces } = detailOf(change);
  return {
    partitionName, imageStudyInstanceUid: study, imageSeriesInstanceUid: series, imageSopInstanceUid: sop, serviceHostName: host, sequenceNumber: sequence,
    action, state: action === 'delete' ? 'deleted' : 'current', timestamp, version, replaces, sopClassUid: sopClass, modality,
    transferSyntaxUid: transferSyntax, sizeBytes: size, sha256,
  };
}

function pathOf({ partitionName, study, series, sop }: NumberedChange): string {
  const partition = partitionName === DEFAULT_PARTITION ? '' : `/partitions/${partitionName}`;
  return `/v2${partition}/studies/${study}/series/${series}/instances/${sop}`;
}
