import { BackgroundWork } from '@isocenter/background';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { countSwept } from '../metrics.js';
import { sweepPage } from './sweep-page.js';

const LOOK_AGAIN_MS = 60_000;

/** Removes what processes left behind that died between an object and its command. */
@Injectable()
export class SweepObjects implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;

  constructor(@Inject(METADATA_STORE) store: MetadataStore, @Inject(OBJECT_STORE) objects: ObjectStore, @Inject(INGEST_OPTIONS) { graceMs, deadlineMs, log }: IngestOptions) {
    // However short the grace, what is being stored is left alone for as long as its decision may take.
    const ageMs = Math.max(graceMs, 2 * deadlineMs);
    const onRemoved = (count: number): void => {
      countSwept(count);
      if (count > 0) log.info({ count }, 'objects were removed that nothing refers to');
    };
    this.work = new BackgroundWork({
      step: () => sweepPage(store, objects, { ageMs, onRemoved }),
      everyMs: Math.min(ageMs, LOOK_AGAIN_MS),
      onError: (err) => log.warn({ err }, 'objects could not be swept; tried again later'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }
}
