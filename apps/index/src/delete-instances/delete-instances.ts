import { CommandSender, uuidv7, type DeleteInstances as DeleteCommand } from '@isocenter/commands';
import { NotFound, requirePartition, requireUids, ServiceUnavailable, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type InstanceScope, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable } from '@nestjs/common';
import { isYetToBeRebuilt } from '../apply-commands/awaits-rebuild.js';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';

const REBUILDING = 'The index is being rebuilt, and the study is not there yet; nothing was deleted. Repeat the request later.';

export interface DeleteScope {
  readonly study: string;
  readonly series?: string;
  readonly sop?: string;
}

/** Deletes a study, series or instance: 204 when all is gone, 404 when there is none. */
@Injectable()
export class DeleteInstances {
  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(INDEXING_OPTIONS) private readonly options: IndexingOptions,
    private readonly commands: CommandSender,
  ) {}

  async run(context: RequestContext, scope: DeleteScope): Promise<void> {
    requireUids({ study: scope.study, series: scope.series, instance: scope.sop });
    const partition = await requirePartition(this.store, context);
    if (await isYetToBeRebuilt({ partition: context.partition, study: scope.study }, this.store)) throw new ServiceUnavailable(REBUILDING, 30);
    if (!(await this.exists({ partition, ...scope }))) throw notFound(scope);
    const command: Omit<DeleteCommand, 'deadline' | 'asker'> = { type: 'delete-instances', id: uuidv7(), partition: context.partition, ...scope, deletedBy: context.principal.name };
    const asked = await this.commands.ask(command, undefined, this.options.deadlineMs);
    const decision = asked.kind === 'deleting' ? await this.commands.waitFor(`${command.id}/end`) : asked;
    if (decision.kind === 'deleted') return;
    if (decision.kind === 'not-found') throw notFound(scope);
    if (decision.kind === 'rebuilding') throw new ServiceUnavailable(REBUILDING, 30);
    throw new ServiceUnavailable('The delete was not carried out in time; nothing was deleted. Repeat the request.');
  }

  /** A delete of nothing is answered without a command. */
  private async exists(scope: InstanceScope): Promise<boolean> {
    return (await this.store.listInstances(scope, { limit: 1 })).length > 0;
  }
}

function notFound({ series, sop }: DeleteScope): NotFound {
  if (sop !== undefined) return new NotFound('The specified instance was not found within the series.');
  if (series !== undefined) return new NotFound('The specified series was not found within the study.');
  return new NotFound('The specified study was not found.');
}
