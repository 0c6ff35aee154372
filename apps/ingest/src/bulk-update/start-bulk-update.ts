import { requirePartition, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { operationHref, startOperation } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { WholeMetadata } from '../rebuild-index/whole-metadata.js';
import { parseBulkUpdate, type RefusedChanges } from './parse-bulk-update.js';
import { UPDATE } from './update-studies.js';
import { UpdateRunner } from './update-runner.js';

/** Begins a bulk update; it is certain to be carried out when this resolves. */
@Injectable()
export class StartBulkUpdate {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore, private readonly runner: UpdateRunner, private readonly metadata: WholeMetadata) {}

  /** Throws BadRequest for a body or a partition that cannot be. */
  async run(context: RequestContext, body: unknown): Promise<{ readonly id: string; readonly href: string } | RefusedChanges> {
    const request = parseBulkUpdate(body);
    if ('problems' in request) return request;
    await this.metadata.requireAll();
    await requirePartition(this.store, context);
    const root = context.partitionInPath ? `partitions/${context.partition}/` : '';
    const resources = request.studyInstanceUids.map((study) => `${root}studies/${study}`);
    const id = await startOperation(this.store, { type: UPDATE, partition: context.partition, request, resources, createdBy: context.principal.name });
    this.runner.wake();
    return { id, href: operationHref(context, id) };
  }
}
