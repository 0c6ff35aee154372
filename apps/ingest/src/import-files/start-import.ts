import { Conflict, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { operationHref, startOperation } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { openReport } from '../operation-report.js';
import { IMPORT } from './import-files.js';
import { ImportRunner } from './import-runner.js';
import { parseImport } from './parse-import.js';

/** They are all looked at each second. */
const MOST_OPEN = 100;

/** Begins an import, and gives its report; it is certain to be carried out when this resolves. The partition is made by its first instance, as with a store. */
@Injectable()
export class StartImport {
  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(INGEST_OPTIONS) private readonly options: IngestOptions,
    private readonly runner: ImportRunner,
  ) {}

  /** Throws BadRequest for a body that cannot be, and Conflict while too many imports have not ended. */
  async run(context: RequestContext, body: unknown): Promise<{ readonly id: string; readonly href: string }> {
    const request = parseImport(body, this.options.importSources);
    if ((await this.store.listOpenOperations([IMPORT])).length >= MOST_OPEN) throw new Conflict(`${MOST_OPEN} imports have not ended, which is the most; wait until one has, or cancel one.`);
    const id = await startOperation(this.store, { type: IMPORT, partition: context.partition, request, createdBy: context.principal.name });
    this.runner.wake();
    return { id, href: operationHref(context, id) };
  }

  /** Every file that failed until now, a JSON on each line. Throws NotFound. */
  report(id: string): Promise<AsyncGenerator<Buffer>> {
    return openReport(this.store, this.objects, IMPORT, id);
  }
}
