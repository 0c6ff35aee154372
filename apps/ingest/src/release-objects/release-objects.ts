import { BackgroundWork } from '@isocenter/background';
import type { RemoveObjectsWork } from '@isocenter/commands';
import { requireWholeMetadata } from '@isocenter/journal';
import { METADATA_STORE, type DueRow, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';
import { showOverdue } from '../metrics.js';
import { objectFamily } from './object-family.js';
import { findUnknown } from './remove-orphans.js';

const LOOK_AGAIN_MS = 5_000;
const AT_ONCE = 200;

/** Removes the objects of rejected, replaced and deleted versions when they are due and nothing refers to them. */
@Injectable()
export class ReleaseObjects implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;

  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(INGEST_OPTIONS) { log }: IngestOptions,
  ) {
    this.work = new BackgroundWork({
      step: () => this.releaseSome(),
      everyMs: LOOK_AGAIN_MS,
      onError: (err) => log.warn({ err }, 'objects that are due could not be removed; tried again later'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** Removes all that is due now. */
  run(): Promise<void> {
    return this.work.run();
  }

  private async releaseSome(): Promise<boolean> {
    const now = Date.now();
    const due = await this.store.listDue('remove-objects', now, AT_ONCE);
    // The oldest is the first.
    showOverdue(due[0] ? (now - due[0].notBefore) / 1000 : 0);
    if (due.length === 0) return false;
    await requireWholeMetadata(this.store, this.objects);
    const keys = await Promise.all(due.map((row) => this.keysToRemove(row)));
    // Of several replicas with the same rows each removes what is there; what is gone is no error.
    await this.objects.remove(keys.flat());
    await this.store.commit({ writes: due.map(({ id }) => ({ op: 'remove', table: 'due', key: { id } })), durable: false });
    return due.length === AT_ONCE;
  }

  private async keysToRemove({ payload }: DueRow): Promise<string[]> {
    const { version, keys, instance } = JSON.parse(payload) as RemoveObjectsWork;
    // Who refused it did not know its partition, nor what a rebuild has brought back since.
    if (instance.partition === 0) return (await findUnknown(keys, this.store)).flatMap((one) => one.keys).flatMap(objectFamily);
    const current = await this.store.findInstance(instance.partition, instance.study, instance.series, instance.sop);
    const referredTo = current !== undefined && (current.version === version || current.originalVersion === version);
    return referredTo ? [] : keys.flatMap(objectFamily);
  }
}
