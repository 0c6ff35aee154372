import type { ServiceDefinition } from '@isocenter/service-process';
import { RenderingModule } from './rendering.module.js';

export const renderService: ServiceDefinition<'render', 'store' | 'objects'> = {
  name: 'render',
  ports: ['store', 'objects'],
  neededToServe: ['store'],
  compose: ({ store, objects, frames, results, settings: { warmThumbnails }, log }) => ({ module: RenderingModule.register({ store, objects, frames, results }, { warmThumbnails, log }) }),
};
