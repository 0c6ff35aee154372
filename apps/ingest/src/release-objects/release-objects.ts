import type { RemoveObjectsWork } from '@isocenter/commands';
import { METADATA_STORE, type DueRow, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { objectFamily } from './object-family.js';

const LOOK_AGAIN_MS = 5_000;
const AT_ONCE = 200;

/** Removes the objects of rejected, replaced and deleted versions when they are due and nothing refers to them. */
@Injectable()
export class ReleaseObjects implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(INGEST_OPTIONS) private readonly options: IngestOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.run(), LOOK_AGAIN_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Removes all that is due now. */
  run(): Promise<void> {
    this.running ??= this.releaseAll().finally(() => (this.running = undefined));
    return this.running;
  }

  private async releaseAll(): Promise<void> {
    try {
      for (;;) {
        const due = await this.store.listDue('remove-objects', Date.now(), AT_ONCE);
        for (const row of due) await this.release(row);
        if (due.length < AT_ONCE) return;
      }
    } catch (err) {
      this.options.log.warn({ err }, 'objects that are due could not be removed; tried again later');
    }
  }

  private async release(row: DueRow): Promise<void> {
    const { version, keys, instance } = JSON.parse(row.payload) as RemoveObjectsWork;
    const current = await this.store.findInstance(instance.partition, instance.study, instance.series, instance.sop);
    if (current?.version !== version) await this.objects.remove(keys.flatMap(objectFamily));
    await this.store.commit({ writes: [{ op: 'remove', table: 'due', key: { id: row.id } }], durable: false });
  }
}
