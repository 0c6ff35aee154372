import { FramePool } from '@isocenter/imaging';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { ResultCache } from '@isocenter/result-cache';
import { FrameTables, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Module, type DynamicModule } from '@nestjs/common';
import { ExportController } from './export-instances/export.controller.js';
import { ExportRunner } from './export-instances/export-runner.js';
import { StartExport } from './export-instances/start-export.js';
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
import { TranscodeFrames } from './transcode-frames/transcode-frames.js';
import { CheckInstances } from './transcode-instance/check-instances.js';
import { TranscodeInstance } from './transcode-instance/transcode-instance.js';

export interface RetrievePorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly frames: FramePool;
  readonly results: ResultCache;
}

/** The service `retrieve`: WADO-RS of what is stored. It reads, and writes nothing. */
@Module({})
export class RetrievingModule {
  static register({ store, objects, frames, results }: RetrievePorts, options: RetrieveOptions): DynamicModule {
    return {
      module: RetrievingModule,
      controllers: [RetrieveMetadataController, RetrieveFramesController, RetrieveBulkDataController, RetrieveInstancesController, ExportController],
      providers: [
        { provide: METADATA_STORE, useValue: store },
        { provide: OBJECT_STORE, useValue: objects },
        { provide: FramePool, useValue: frames },
        { provide: ResultCache, useValue: results },
        { provide: RETRIEVE_OPTIONS, useValue: options },
        StoredInstances, StoredImages, FrameTables, MetadataReader, TranscodeFrames, TranscodeInstance, CheckInstances, RetrieveInstances, RetrieveMetadata, RetrieveFrames, RetrieveBulkData, StartExport, ExportRunner,
      ],
    };
  }
}
