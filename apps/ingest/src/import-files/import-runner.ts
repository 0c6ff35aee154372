import { CommandSender } from '@isocenter/commands';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { WholeMetadata } from '../rebuild-index/whole-metadata.js';
import { ImportFiles } from './import-files.js';

/** Carries out imports beside the uploads of this process. */
@Injectable()
export class ImportRunner extends OperationRunner {
  constructor(@Inject(METADATA_STORE) store: MetadataStore, @Inject(OBJECT_STORE) objects: ObjectStore, @Inject(INGEST_OPTIONS) options: IngestOptions, commands: CommandSender, metadata: WholeMetadata) {
    super({ store, handlers: [new ImportFiles({ objects, commands }, options, metadata)], log: options.log });
  }
}
