import { CommandSender } from '@isocenter/commands';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { UpdateStudies } from './update-studies.js';

/** Carries out bulk updates beside the uploads of this process. */
@Injectable()
export class UpdateRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly runner: OperationRunner;

  constructor(@Inject(METADATA_STORE) store: MetadataStore, @Inject(OBJECT_STORE) objects: ObjectStore, @Inject(INGEST_OPTIONS) options: IngestOptions, commands: CommandSender) {
    this.runner = new OperationRunner({ store, handlers: [new UpdateStudies({ store, objects, commands }, options)], log: options.log });
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
