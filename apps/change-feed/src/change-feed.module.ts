import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from './change-feed-options.js';
import { ChangeFeedController } from './change-feed.controller.js';
import { DeliverWebhooks } from './deliver-webhooks/deliver-webhooks.js';
import { Lease } from './hold-lease/lease.js';
import { ManageWebhooks } from './manage-webhooks/manage-webhooks.js';
import { WebhooksController } from './manage-webhooks/webhooks.controller.js';
import { Numberer } from './number-changes/numberer.js';
import { Publisher } from './publish-changes/publisher.js';
import { ReadChanges } from './read-changes/read-changes.js';
import { StreamChanges } from './stream-changes/stream-changes.js';
import { WatchBacklog } from './watch-backlog/watch-backlog.js';
import { DownloadJournal } from './write-journal/download-journal.js';
import { WriteJournal } from './write-journal/write-journal.js';

export interface ChangeFeedPorts {
  readonly eventLog: EventLog;
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
}

/** The service `change-feed`: numbers changes, answers the feed, streams it, keeps the journal, publishes it, calls webhooks. */
@Module({})
export class ChangeFeedModule {
  static register({ eventLog, store, objects }: ChangeFeedPorts, options: ChangeFeedOptions): DynamicModule {
    return {
      module: ChangeFeedModule,
      controllers: [ChangeFeedController, WebhooksController],
      providers: [
        { provide: EVENT_LOG_PORT, useValue: eventLog },
        { provide: METADATA_STORE, useValue: store },
        { provide: OBJECT_STORE, useValue: objects },
        { provide: CHANGE_FEED_OPTIONS, useValue: options },
        { provide: Lease, useValue: new Lease(store, 'change-feed/lease') },
        Numberer, Publisher, ReadChanges, StreamChanges, WriteJournal, DownloadJournal, WatchBacklog, DeliverWebhooks, ManageWebhooks,
      ],
    };
  }
}

/** Ends the live streams of a service that is to stop: by themselves they never end. */
export function endStreams(app: INestApplicationContext): void {
  app.get(StreamChanges).endAll();
}
