import { metadataView, type RequestContext } from '@isocenter/http';
import type { InstanceMetadataRow, InstanceScope } from '@isocenter/metadata-store';
import { inlineOrObject } from '@isocenter/object-store';
import { StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';

/** Rows read at a time. */
const PAGE = 256;

/** Reads stored metadata as the slices of the dialect's view. */
@Injectable()
export class MetadataReader {
  constructor(private readonly instances: StoredInstances) {}

  /** A JSON array of the scope's instances, of their latest versions or of the originals, in chunks of one page. */
  async *array(context: RequestContext, scope: InstanceScope, original: boolean): AsyncGenerator<Buffer> {
    const opening = Buffer.from('[');
    const comma = Buffer.from(',');
    let lead = opening;
    for (let afterOrdinal = -1; ;) {
      const page = await this.instances.store.listInstanceMetadata(scope, afterOrdinal, scope.sop === undefined ? PAGE : 1, { original });
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

  private async view(context: RequestContext, row: InstanceMetadataRow): Promise<Buffer[]> {
    return metadataView(context, row, await inlineOrObject(this.instances.objects, row.metadata, row.metadataKey));
  }
}
