import type { ServiceDefinition } from '@isocenter/service-process';
import { ChangeFeedModule, endStreams } from './change-feed.module.js';

/** The feed is read from the metadata store; the journal and the topic follow when their servers are back. */
export const changeFeedService: ServiceDefinition<'change-feed', 'eventLog' | 'store' | 'objects'> = {
  name: 'change-feed',
  ports: ['eventLog', 'store', 'objects'],
  neededToServe: ['store'],
  compose: ({ eventLog, store, objects, settings, log }) => {
    const { journalIntervalMs, serviceHostName, changeFeedMetadata: metadataInEvents } = settings;
    const webhooks = { hosts: settings.webhookHosts, allowPrivate: settings.webhookAllowPrivate, timeoutMs: settings.webhookTimeoutMs, attempts: settings.webhookAttempts, retryMs: settings.webhookRetryMs };
    return { module: ChangeFeedModule.register({ eventLog, store, objects }, { journalIntervalMs, serviceHostName, metadataInEvents, webhooks, log }), endStreams };
  },
};
