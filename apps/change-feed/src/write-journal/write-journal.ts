import { BackgroundWork } from '@isocenter/background';
import { ServiceUnavailable } from '@isocenter/http';
import { FEED_LAST, METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { writeQueryTags } from './write-query-tags.js';
import { readJournalState, writeSegment } from './write-segment.js';

/** Keeps numbered changes in write-once segments. */
@Injectable()
export class WriteJournal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;

  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) objects: ObjectStore,
    @Inject(CHANGE_FEED_OPTIONS) { journalIntervalMs, log }: ChangeFeedOptions,
  ) {
    this.work = new BackgroundWork({
      step: async () => (await writeSegment(store, objects)) || writeQueryTags(store, objects),
      everyMs: journalIntervalMs,
      onError: (err) => log.warn({ err }, 'the journal could not be written; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.run();
    await this.work.stop();
  }

  /** Resolves when the journal has all that is numbered now. Throws ServiceUnavailable when it cannot be written. */
  async complete(): Promise<void> {
    const last = (await this.store.readCursor(FEED_LAST))?.position ?? 0;
    await this.work.run();
    const state = await readJournalState(this.store);
    // A range that is open may be newer than the call; whoever took it writes it, or the next step does.
    if (state.last < last || (state.open && state.open.first <= last)) throw new ServiceUnavailable('The journal cannot be brought up to date now; what is there would end too early. Repeat the request.');
  }
}
