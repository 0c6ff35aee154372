import { metadataView, type RequestContext } from '@isocenter/http';
import type { MetadataStore, NumberedChange } from '@isocenter/metadata-store';
import { inlineOrObject, type ObjectStore } from '@isocenter/object-store';

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
  const json = await inlineOrObject(ports.objects, row.metadata, row.metadataKey);
  return `${head},"metadata":${Buffer.concat(metadataView(context, row, json)).toString()}}`;
}
