import { CommandSender, OnInstanceOutcomes } from '@isocenter/commands';
import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Module, type DynamicModule } from '@nestjs/common';
import { BulkUpdateController } from './bulk-update/bulk-update.controller.js';
import { StartBulkUpdate } from './bulk-update/start-bulk-update.js';
import { UpdateRunner } from './bulk-update/update-runner.js';
import { CheckRunner } from './check-archive/check-runner.js';
import { CheckController } from './check-archive/check.controller.js';
import { StartCheck } from './check-archive/start-check.js';
import { INGEST_OPTIONS, type IngestOptions } from './ingest-options.js';
import { ImportController } from './import-files/import.controller.js';
import { ImportRunner } from './import-files/import-runner.js';
import { StartImport } from './import-files/start-import.js';
import { RebuildRunner } from './rebuild-index/rebuild-runner.js';
import { RebuildController } from './rebuild-index/rebuild.controller.js';
import { StartRebuild } from './rebuild-index/start-rebuild.js';
import { WholeMetadata } from './rebuild-index/whole-metadata.js';
import { ReleaseObjects } from './release-objects/release-objects.js';
import { SweepObjects } from './release-objects/sweep-objects.js';
import { SweepUploads } from './release-objects/sweep-uploads.js';
import { StoreInstances } from './store-instances/store-instances.js';
import { StoreInstancesController } from './store-instances/store-instances.controller.js';

export interface IngestPorts {
  readonly eventLog: EventLog;
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly commands: CommandSender;
}

/** The service `ingest`: receives instances, makes them durable, commands their store; carries out bulk updates, imports, checks and rebuilds; removes objects when they are due. */
@Module({})
export class IngestingModule {
  static register({ eventLog, store, objects, commands }: IngestPorts, options: IngestOptions): DynamicModule {
    return {
      module: IngestingModule,
      controllers: [BulkUpdateController, CheckController, ImportController, RebuildController, StoreInstancesController, OnInstanceOutcomes],
      providers: [
        StartCheck, CheckRunner, StartRebuild, RebuildRunner, WholeMetadata,
        { provide: EVENT_LOG_PORT, useValue: eventLog },
        { provide: METADATA_STORE, useValue: store },
        { provide: OBJECT_STORE, useValue: objects },
        { provide: CommandSender, useValue: commands },
        { provide: INGEST_OPTIONS, useValue: options },
        StoreInstances, ReleaseObjects, SweepObjects, SweepUploads, StartBulkUpdate, UpdateRunner, StartImport, ImportRunner,
      ],
    };
  }
}
