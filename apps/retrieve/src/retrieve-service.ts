import type { ServiceDefinition } from '@isocenter/service-process';
import { RetrievingModule } from './retrieving.module.js';

/** Metadata is read without the object store, which is missed by those requests only that want bytes. */
export const retrieveService: ServiceDefinition<'retrieve', 'store' | 'objects'> = {
  name: 'retrieve',
  ports: ['store', 'objects'],
  neededToServe: ['store'],
  compose: ({ store, objects, frames, results, settings: { exportDestinations }, log }) => ({ module: RetrievingModule.register({ store, objects, frames, results }, { exportDestinations, log }) }),
};
