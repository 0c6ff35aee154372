import { OperationRunner } from '@isocenter/operations';
import { StoredInstances } from '@isocenter/stored-instances';
import { Inject, Injectable } from '@nestjs/common';
import { RETRIEVE_OPTIONS, type RetrieveOptions } from '../retrieve-options.js';
import { ExportDestinations } from './export-destinations.js';
import { ExportInstances } from './export-instances.js';

/** Carries out exports beside the requests of this process. */
@Injectable()
export class ExportRunner extends OperationRunner {
  private readonly destinations: ExportDestinations;

  constructor(instances: StoredInstances, @Inject(RETRIEVE_OPTIONS) { exportDestinations, log }: RetrieveOptions) {
    const destinations = new ExportDestinations(exportDestinations);
    super({ store: instances.store, handlers: [new ExportInstances(instances, destinations, log)], log });
    this.destinations = destinations;
  }

  override async onApplicationShutdown(): Promise<void> {
    await super.onApplicationShutdown();
    await this.destinations.close();
  }
}
