import { BackgroundWork } from '@isocenter/background';
import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { Lease } from '../hold-lease/lease.js';
import { countPublished } from '../metrics.js';
import { Numberer } from '../number-changes/numberer.js';
import { publishChanges, type PublishPorts } from './publish-changes.js';
import { writeWatermarks } from './write-watermarks.js';

const LOOK_AGAIN_MS = 1_000;
/** Under load changes are published this often, many in one append. */
const GATHER_MS = 100;
/** After a change each topic partition says so often how far it is complete. */
const WATERMARK_MS = 1_000;

/** Brings numbered changes to the public topic, and watermarks behind them. */
@Injectable()
export class Publisher implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly publishing: BackgroundWork;
  private readonly marking: BackgroundWork;
  private readonly ports: PublishPorts;
  /** The last watermark of this process: after a start one more is written, since nobody knows whether the last one was. */
  private marked = 0;
  private forgetHints: (() => void) | undefined;

  constructor(
    @Inject(EVENT_LOG_PORT) eventLog: EventLog,
    @Inject(METADATA_STORE) store: MetadataStore,
    @Inject(OBJECT_STORE) objects: ObjectStore,
    @Inject(CHANGE_FEED_OPTIONS) private readonly options: ChangeFeedOptions,
    private readonly lease: Lease,
    private readonly numberer: Numberer,
  ) {
    const { log } = options;
    this.ports = { store, objects, eventLog };
    this.publishing = new BackgroundWork({
      step: () => this.publishSome(), everyMs: LOOK_AGAIN_MS, gatherMs: GATHER_MS,
      onError: (err) => log.warn({ err }, 'changes could not be published; tried again soon'),
    });
    this.marking = new BackgroundWork({
      step: () => this.mark(), everyMs: WATERMARK_MS,
      onError: (err) => log.warn({ err }, 'watermarks could not be published; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.forgetHints = this.numberer.onNumbered(() => this.publishing.wake());
    this.publishing.start();
    this.marking.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.forgetHints?.();
    await Promise.all([this.publishing.stop(), this.marking.stop()]);
    // While the store is away the lease ends by itself.
    await this.lease.release().catch(() => undefined);
  }

  private async publishSome(): Promise<boolean> {
    const { count, more } = await publishChanges(this.ports, this.options, this.lease);
    countPublished(count);
    return more;
  }

  private async mark(): Promise<boolean> {
    this.marked = await writeWatermarks(this.ports, this.marked, this.options.serviceHostName, this.lease);
    return false;
  }
}
