import { BackgroundWork } from '@isocenter/background';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';

const EVERY_MS = 3_600_000;
/** Longer than any upload lasts: other replicas are uploading too. */
const OLDER_THAN_MS = 24 * 3_600_000;

/** Removes the halves of objects that processes left behind which were killed. */
@Injectable()
export class SweepUploads implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;

  constructor(@Inject(OBJECT_STORE) objects: ObjectStore, @Inject(INGEST_OPTIONS) { log }: IngestOptions) {
    this.work = new BackgroundWork({
      step: async () => {
        const swept = await objects.sweepTemporary(OLDER_THAN_MS);
        if (swept > 0) log.info({ swept }, 'uploads that were left behind were removed');
        return false;
      },
      everyMs: EVERY_MS,
      onError: (err) => log.warn({ err }, 'uploads that were left behind could not be removed; tried again later'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }
}
