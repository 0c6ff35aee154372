import { BadRequest, Conflict, queryParameters, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, moveCursor, type MetadataStore } from '@isocenter/metadata-store';
import { newOperation, operationHref } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { REBUILD_INDEX } from './rebuild-index.js';
import type { RebuildRequest, RebuildTask } from './rebuild-progress.js';
import { RebuildRunner } from './rebuild-runner.js';

const TASKS: readonly RebuildTask[] = ['rebuild', 'undecided', 'digest'];
/** Moves with each start: of two at the same time one is refused. */
const STARTS = 'rebuild/starts';

/** Begins a rebuild; it is certain to be carried out when this resolves. */
@Injectable()
export class StartRebuild {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore, private readonly runner: RebuildRunner) {}

  /** Throws BadRequest for a query that cannot be, and Conflict while another rebuild runs. */
  async run(context: RequestContext, query: string): Promise<{ readonly id: string; readonly href: string }> {
    const request = parseRebuild(query);
    for (;;) {
      const starts = await this.store.readCursor(STARTS);
      const [open] = await this.store.listOpenOperations([REBUILD_INDEX]);
      if (open) throw new Conflict(`A rebuild has not ended: operation ${open.id}. Wait until it has, or cancel it.`);
      const row = newOperation({ type: REBUILD_INDEX, request, createdBy: context.principal.name });
      const { committed } = await this.store.commit({ writes: [moveCursor(STARTS, starts, (starts?.position ?? 0) + 1, row.id), { op: 'insert', table: 'operations', row }] });
      if (!committed) continue;
      this.runner.wake();
      return { id: row.id, href: operationHref(context, row.id) };
    }
  }
}

/** From the query of the request. Throws BadRequest that names the parameter, its value and what is allowed. */
export function parseRebuild(query: string): RebuildRequest {
  const value = queryParameters(query).get('task') ?? 'rebuild';
  const task = TASKS.find((one) => one === value.toLowerCase());
  if (!task) throw new BadRequest(`Query parameter 'task' has the value '${value.slice(0, 40)}'; allowed are rebuild, undecided and digest.`);
  return { task };
}
