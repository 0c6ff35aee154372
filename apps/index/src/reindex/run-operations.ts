import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';
import { DeleteTag } from './delete-tag.js';
import { DerivedCommands } from './derived-commands.js';
import { ReindexTags } from './reindex-tags.js';

/** Carries out the operations that are the index' own. */
@Injectable()
export class RunOperations implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly runner: OperationRunner;

  constructor(
    @Inject(METADATA_STORE) store: MetadataStore,
    @Inject(EVENT_LOG_PORT) eventLog: EventLog,
    @Inject(INDEXING_OPTIONS) { log }: IndexingOptions,
    commands: DerivedCommands,
  ) {
    this.runner = new OperationRunner({ store, handlers: [new ReindexTags(store, eventLog, commands), new DeleteTag(store, eventLog)], log });
  }

  onApplicationBootstrap(): void {
    this.runner.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }

  wake(): void {
    this.runner.wake();
  }
}
