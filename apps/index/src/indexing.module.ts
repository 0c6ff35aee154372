import { CommandSender, cursorName, OnInstanceOutcomes, outcomesTopic } from '@isocenter/commands';
import { EVENT_LOG_PORT, TOPICS, type ConsumedTopic, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Module, type DynamicModule } from '@nestjs/common';
import { OnInstanceCommands } from './apply-commands/on-instance-commands.js';
import { DueCommands } from './apply-commands/send-due-commands.js';
import { DeleteInstances } from './delete-instances/delete-instances.js';
import { DeleteInstancesController } from './delete-instances/delete-instances.controller.js';
import { INDEXING_OPTIONS, type IndexingOptions } from './indexing-options.js';
import { ListPartitionsController } from './list-partitions/list-partitions.controller.js';
import { ManageOperations } from './manage-operations/manage-operations.js';
import { ManageQueryTags } from './manage-query-tags/manage-query-tags.js';
import { QueryTagsController } from './manage-query-tags/query-tags.controller.js';
import { OperationsController } from './manage-operations/operations.controller.js';
import { DerivedCommands } from './reindex/derived-commands.js';
import { RunOperations } from './reindex/run-operations.js';
import { Search } from './search/search.js';
import { SearchController } from './search/search.controller.js';

export interface IndexingPorts {
  readonly eventLog: EventLog;
  readonly store: MetadataStore;
  readonly commands: CommandSender;
}

/** The service `index`: the one writer of metadata, and the searches and deletes that it answers. */
@Module({})
export class IndexingModule {
  static register({ eventLog, store, commands }: IndexingPorts, options: IndexingOptions): DynamicModule {
    return {
      module: IndexingModule,
      controllers: [OnInstanceCommands, OnInstanceOutcomes, SearchController, DeleteInstancesController, ListPartitionsController, OperationsController, QueryTagsController],
      providers: [
        { provide: EVENT_LOG_PORT, useValue: eventLog },
        { provide: METADATA_STORE, useValue: store },
        { provide: CommandSender, useValue: commands },
        { provide: INDEXING_OPTIONS, useValue: options },
        DueCommands, DerivedCommands, RunOperations, ManageQueryTags, Search, DeleteInstances, ManageOperations,
      ],
    };
  }
}

/** Bytes of command values that one batch holds at most. */
const BATCH_BYTES = 8 * 1024 * 1024;

/** What the service consumes, and from where: its positions stand in the rows that its transactions move. */
export function indexingTopics(store: MetadataStore): ConsumedTopic[] {
  const { instanceCommands } = TOPICS;
  return [{
    topic: instanceCommands,
    group: 'index',
    maxBatchBytes: BATCH_BYTES,
    from: { read: async (partition) => (await store.readCursor(cursorName(instanceCommands.name, partition)))?.position ?? 0 },
  }, outcomesTopic('index')];
}
