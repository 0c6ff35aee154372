import { OperationRunner } from '@isocenter/operations';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RETRIEVE_OPTIONS, type RetrieveOptions } from '../retrieve-options.js';
import { StoredInstances } from '../stored-instances.js';
import { ExportDestinations } from './export-destinations.js';
import { ExportInstances } from './export-instances.js';

/** Carries out exports beside the requests of this process. */
@Injectable()
export class ExportRunner implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly runner: OperationRunner;
  private readonly destinations: ExportDestinations;

  constructor(instances: StoredInstances, @Inject(RETRIEVE_OPTIONS) { exportDestinations, log }: RetrieveOptions) {
    this.destinations = new ExportDestinations(exportDestinations);
    this.runner = new OperationRunner({ store: instances.store, handlers: [new ExportInstances(instances, this.destinations, log)], log });
  }

  onApplicationBootstrap(): void {
    this.runner.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.runner.stop();
    await this.destinations.close();
  }

  wake(): void {
    this.runner.wake();
  }
}
