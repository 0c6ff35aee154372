import { azureView, webView } from '@isocenter/dicom';
import { dialectPolicies, type RequestContext } from '@isocenter/http';
import type { InstanceMetadataRow, InstanceScope } from '@isocenter/metadata-store';
import { Injectable } from '@nestjs/common';
import { StoredInstances } from '../stored-instances.js';

/** Rows read at a time. */
const PAGE = 256;

/** Reads stored metadata as the slices of the dialect's view. */
@Injectable()
export class MetadataReader {
  constructor(private readonly instances: StoredInstances) {}

  /** A JSON array of the scope's instances, in chunks of one page. */
  async *array(context: RequestContext, scope: InstanceScope): AsyncGenerator<Buffer> {
    const opening = Buffer.from('[');
    const comma = Buffer.from(',');
    let lead = opening;
    for (let afterOrdinal = -1; ;) {
      const page = await this.instances.store.listInstanceMetadata(scope, afterOrdinal, scope.sop === undefined ? PAGE : 1);
      const slices: Buffer[] = [];
      for (const row of page) {
        slices.push(lead, ...(await this.view(context, row)));
        lead = comma;
      }
      if (page.length < PAGE) slices.push(Buffer.from(lead === opening ? '[]' : ']'));
      yield Buffer.concat(slices);
      if (page.length < PAGE) return;
      afterOrdinal = page.at(-1)!.ordinal;
    }
  }

  async view(context: RequestContext, row: InstanceMetadataRow): Promise<Buffer[]> {
    const json = await this.json(row);
    const marks = marksOf(row.marks);
    if (dialectPolicies[context.dialect].retrieve.metadataView === 'azure') return azureView(json, marks);
    return webView(json, marks, `${context.baseUrl}/studies/${row.study}/series/${row.series}/instances/${row.sop}`);
  }

  private async json(row: InstanceMetadataRow): Promise<Buffer> {
    if (row.metadataKey === null) return bufferOf(row.metadata!);
    const { size } = await this.instances.objects.stat(row.metadataKey);
    return this.instances.objects.readRange(row.metadataKey, 0, size);
  }
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** The column's bytes may begin anywhere; a Uint32Array may not. */
function marksOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}
