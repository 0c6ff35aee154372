import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';
import { DeleteTag } from './delete-tag.js';
import { DerivedCommands } from './derived-commands.js';
import { ReindexTags } from './reindex-tags.js';

/** Carries out the operations that are the index' own. */
@Injectable()
export class RunOperations extends OperationRunner {
  constructor(
    @Inject(METADATA_STORE) store: MetadataStore,
    @Inject(EVENT_LOG_PORT) eventLog: EventLog,
    @Inject(INDEXING_OPTIONS) { log }: IndexingOptions,
    commands: DerivedCommands,
  ) {
    super({ store, handlers: [new ReindexTags(store, eventLog, commands), new DeleteTag(store, eventLog)], log });
  }
}
