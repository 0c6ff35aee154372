import { azureView, webView } from '@isocenter/dicom';
import { dialectPolicies, type RequestContext } from '@isocenter/http';
import type { InstanceMetadataRow, MetadataStore, NumberedChange } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';

/** Entry of the feed without its metadata, as JSON text without the closing brace. */
function entryHead(change: NumberedChange): string {
  const state = change.currentVersion === null ? 'deleted' : change.currentVersion === change.version && change.action !== 'delete' ? 'current' : 'replaced';
  const { sequence, partitionName, study, series, sop, action, timestamp } = change;
  return JSON.stringify({ sequence, partitionName, studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: sop, action, timestamp, state, filePath: null }).slice(0, -1);
}

export interface EntryPorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
}

/**
 * Writes an entry: whatever became of the instance since is told by `state` and by the metadata, which are those of now and
 * there only while the instance exists.
 */
export async function writeEntry(change: NumberedChange, includeMetadata: boolean, context: RequestContext, ports: EntryPorts): Promise<string> {
  const head = entryHead(change);
  if (!includeMetadata || change.currentVersion === null) return `${head}}`;
  const row = await ports.store.findInstanceMetadata(change.partition, change.study, change.series, change.sop);
  if (!row) return `${head}}`;
  return `${head},"metadata":${await metadataText(row, context, ports)}}`;
}

async function metadataText(row: InstanceMetadataRow, context: RequestContext, { objects }: EntryPorts): Promise<string> {
  const json = row.metadataKey === null ? Buffer.from(row.metadata!) : await objects.readRange(row.metadataKey, 0, (await objects.stat(row.metadataKey)).size);
  const marks = new Uint32Array(Uint8Array.from(row.marks).buffer);
  const azure = dialectPolicies[context.dialect].retrieve.metadataView === 'azure';
  const slices = azure ? azureView(json, marks) : webView(json, marks, `${context.baseUrl}/studies/${row.study}/series/${row.series}/instances/${row.sop}`);
  return Buffer.concat(slices).toString();
}
