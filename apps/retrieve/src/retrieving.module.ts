import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Module, type DynamicModule } from '@nestjs/common';
import { ExportController } from './export-instances/export.controller.js';
import { ExportRunner } from './export-instances/export-runner.js';
import { StartExport } from './export-instances/start-export.js';
import { FrameTables } from './frame-tables.js';
import { RetrieveBulkData } from './retrieve-bulk-data/retrieve-bulk-data.js';
import { RetrieveBulkDataController } from './retrieve-bulk-data/retrieve-bulk-data.controller.js';
import { RetrieveFrames } from './retrieve-frames/retrieve-frames.js';
import { RetrieveFramesController } from './retrieve-frames/retrieve-frames.controller.js';
import { RetrieveInstances } from './retrieve-instances/retrieve-instances.js';
import { RetrieveInstancesController } from './retrieve-instances/retrieve-instances.controller.js';
import { MetadataReader } from './retrieve-metadata/metadata-reader.js';
import { RetrieveMetadata } from './retrieve-metadata/retrieve-metadata.js';
import { RetrieveMetadataController } from './retrieve-metadata/retrieve-metadata.controller.js';
import { RETRIEVE_OPTIONS, type RetrieveOptions } from './retrieve-options.js';
import { StoredInstances } from './stored-instances.js';

export interface RetrievePorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
}

/** The service `retrieve`: WADO-RS of what is stored. It reads, and writes nothing. */
@Module({})
export class RetrievingModule {
  static register({ store, objects }: RetrievePorts, options: RetrieveOptions): DynamicModule {
    return {
      module: RetrievingModule,
      controllers: [RetrieveMetadataController, RetrieveFramesController, RetrieveBulkDataController, RetrieveInstancesController, ExportController],
      providers: [
        { provide: METADATA_STORE, useValue: store },
        { provide: OBJECT_STORE, useValue: objects },
        { provide: RETRIEVE_OPTIONS, useValue: options },
        StoredInstances, FrameTables, MetadataReader, RetrieveInstances, RetrieveMetadata, RetrieveFrames, RetrieveBulkData, StartExport, ExportRunner,
      ],
    };
  }
}
