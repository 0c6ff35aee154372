import { Conflict, requirePartition, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { operationHref, startOperation } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { RETRIEVE_OPTIONS, type RetrieveOptions } from '../retrieve-options.js';
import { EXPORT } from './export-instances.js';
import { ExportRunner } from './export-runner.js';
import { parseExport } from './parse-export.js';

/** They are all looked at each second, and each fills a disk. */
const MOST_OPEN = 100;

/** Begins an export; it is certain to be carried out when this resolves. */
@Injectable()
export class StartExport {
  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(RETRIEVE_OPTIONS) private readonly options: RetrieveOptions,
    private readonly runner: ExportRunner,
  ) {}

  /** Throws BadRequest for a body or a partition that cannot be, and Conflict while too many exports have not ended. */
  async run(context: RequestContext, body: unknown): Promise<{ readonly id: string; readonly href: string }> {
    const request = parseExport(body, this.options.exportDestinations);
    await requirePartition(this.store, context);
    if ((await this.store.listOpenOperations([EXPORT])).length >= MOST_OPEN) throw new Conflict(`${MOST_OPEN} exports have not ended, which is the most; wait until one has, or cancel one.`);
    const id = await startOperation(this.store, { type: EXPORT, partition: context.partition, request, createdBy: context.principal.name });
    this.runner.wake();
    return { id, href: operationHref(context, id) };
  }
}
