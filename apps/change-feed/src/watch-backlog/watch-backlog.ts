import { BackgroundWork } from '@isocenter/background';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { showBacklog } from '../metrics.js';
import { measureBacklog } from './measure-backlog.js';

const LOOK_AGAIN_MS = 2_000;

/** Shows how far numbers, topic and journal are behind; every replica shows the same, whichever does the work. */
@Injectable()
export class WatchBacklog implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;

  constructor(@Inject(METADATA_STORE) store: MetadataStore, @Inject(CHANGE_FEED_OPTIONS) { log }: ChangeFeedOptions) {
    this.work = new BackgroundWork({
      step: async () => {
        showBacklog(await measureBacklog(store, Date.now()));
        return false;
      },
      everyMs: LOOK_AGAIN_MS,
      onError: (err) => log.warn({ err }, 'the backlog of the change feed could not be read; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }
}
