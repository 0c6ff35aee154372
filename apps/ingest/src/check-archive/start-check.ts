import { Conflict, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { operationHref, startOperation } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { CHECK } from './check-archive.js';
import { CheckRunner } from './check-runner.js';
import { parseCheck } from './parse-check.js';
import { openReport } from '../operation-report.js';

/** Begins a check, and gives its report. */
@Injectable()
export class StartCheck {
  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    private readonly runner: CheckRunner,
  ) {}

  /** Throws BadRequest for a query that cannot be, and Conflict while another check runs. */
  async run(context: RequestContext, query: string): Promise<{ readonly id: string; readonly href: string }> {
    const request = parseCheck(query);
    const [open] = await this.store.listOpenOperations([CHECK]);
    if (open) throw new Conflict(`A check has not ended: operation ${open.id}. Wait until it has, or cancel it.`);
    const id = await startOperation(this.store, { type: CHECK, request, createdBy: context.principal.name });
    this.runner.wake();
    return { id, href: operationHref(context, id) };
  }

  /** Every difference that the check has found until now, a JSON on each line. Throws NotFound. */
  report(id: string): Promise<AsyncGenerator<Buffer>> {
    return openReport(this.store, this.objects, CHECK, id);
  }
}
