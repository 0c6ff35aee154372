import { azureView, webView } from '@isocenter/dicom';
import type { RequestContext } from './context.js';
import { dialectPolicies } from './dialect/dialect-policy.js';

/** What a metadata row tells of its instance. */
export interface StoredMetadata {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  /** Little-endian uint32 triples (kind, offset, length), see MetadataJson. */
  readonly marks: Uint8Array;
}

/** The dialect's view of stored DICOM JSON: slices of it, with the instance's address where bulk data is referred to. */
export function metadataView({ dialect, baseUrl }: Pick<RequestContext, 'dialect' | 'baseUrl'>, { study, series, sop, marks }: StoredMetadata, json: Buffer): Buffer[] {
  if (dialectPolicies[dialect].retrieve.metadataView === 'azure') return azureView(json, marksOf(marks));
  return webView(json, marksOf(marks), `${baseUrl}/studies/${study}/series/${series}/instances/${sop}`);
}

/** The triples of a row's column, whose bytes may begin anywhere; a Uint32Array may not. */
export function marksOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
