import type { ServiceDefinition } from '@isocenter/service-process';
import { ChangeFeedModule, endStreams } from './change-feed.module.js';

/** The feed is read from the metadata store; the journal and the topic follow when their servers are back. */
export const changeFeedService: ServiceDefinition<'change-feed', 'eventLog' | 'store' | 'objects'> = {
  name: 'change-feed',
  ports: ['eventLog', 'store', 'objects'],
  neededToServe: ['store'],
  compose: ({ store, objects, settings: { journalIntervalMs }, log }) => ({ module: ChangeFeedModule.register({ store, objects }, { journalIntervalMs, log }), endStreams }),
};
