import { CommandSender } from '@isocenter/commands';
import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { RebuildIndex } from './rebuild-index.js';

/** Carries out rebuilds. */
@Injectable()
export class RebuildRunner extends OperationRunner {
  constructor(@Inject(METADATA_STORE) store: MetadataStore, @Inject(OBJECT_STORE) objects: ObjectStore, @Inject(EVENT_LOG_PORT) eventLog: EventLog, @Inject(INGEST_OPTIONS) options: IngestOptions, commands: CommandSender) {
    super({ store, handlers: [new RebuildIndex({ store, objects, eventLog, commands }, options)], log: options.log });
  }
}
