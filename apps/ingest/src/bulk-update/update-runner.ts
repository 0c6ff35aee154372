import { CommandSender } from '@isocenter/commands';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { UpdateStudies } from './update-studies.js';

/** Carries out bulk updates beside the uploads of this process. */
@Injectable()
export class UpdateRunner extends OperationRunner {
  constructor(@Inject(METADATA_STORE) store: MetadataStore, @Inject(OBJECT_STORE) objects: ObjectStore, @Inject(INGEST_OPTIONS) options: IngestOptions, commands: CommandSender) {
    super({ store, handlers: [new UpdateStudies({ store, objects, commands }, options)], log: options.log });
  }
}
