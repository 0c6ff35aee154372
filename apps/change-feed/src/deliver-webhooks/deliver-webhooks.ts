import { BackgroundWork } from '@isocenter/background';
import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { FEED_LAST, METADATA_STORE, type MetadataStore, type WebhookRow } from '@isocenter/metadata-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { Lease } from '../hold-lease/lease.js';
import { Numberer } from '../number-changes/numberer.js';
import { deliverNext, type DeliveryPorts } from './deliver-next.js';
import { EventPoster } from './post-event.js';

const LOOK_AGAIN_MS = 1_000;
const GATHER_MS = 50;
/** Subscriptions that are served at the same time; each gets one delivery after the other. */
const LANES = 16;
/** Steps after which a subscription lets others have its lane. */
const STEPS = 100;

/** Delivers changes to subscriptions: of each in order, at least once, from where it stands. */
@Injectable()
export class DeliverWebhooks implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;
  private readonly ports: DeliveryPorts;
  private readonly poster: EventPoster;
  private readonly stopping = new AbortController();
  /** Subscriptions that are being served. */
  private readonly lanes = new Map<string, Promise<void>>();
  /** When each was served last: who waited longest is next. */
  private readonly served = new Map<string, number>();
  private forgetHints: (() => void) | undefined;

  constructor(
    @Inject(EVENT_LOG_PORT) eventLog: EventLog,
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(CHANGE_FEED_OPTIONS) private readonly options: ChangeFeedOptions,
    private readonly lease: Lease,
    private readonly numberer: Numberer,
  ) {
    this.poster = new EventPoster(options.webhooks);
    this.ports = { store, eventLog, lease, poster: this.poster };
    this.work = new BackgroundWork({
      step: () => this.openLanes(), everyMs: LOOK_AGAIN_MS, gatherMs: GATHER_MS,
      onError: (err) => options.log.warn({ err }, 'webhooks could not be looked at; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.forgetHints = this.numberer.onNumbered(() => this.work.wake());
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.forgetHints?.();
    this.stopping.abort();
    await this.work.stop();
    await Promise.all(this.lanes.values());
    this.poster.close();
  }

  /** Something was changed about subscriptions. */
  lookSoon(): void {
    this.work.wake();
  }

  private async openLanes(): Promise<boolean> {
    const last = (await this.store.readCursor(FEED_LAST))?.position ?? 0;
    const rows = await this.store.listWebhooks();
    const due = rows.filter(({ state, position, notBefore }) => state === 'active' && position < last && notBefore <= Date.now());
    // Also asked while lanes are open, so that a long attempt does not outlast the lease.
    if (due.length === 0 || !(await this.lease.hold())) return false;
    const waiting = due.filter(({ id }) => !this.lanes.has(id)).sort((one, other) => (this.served.get(one.id) ?? 0) - (this.served.get(other.id) ?? 0));
    for (const row of waiting.slice(0, LANES - this.lanes.size)) {
      this.served.set(row.id, performance.now());
      this.lanes.set(row.id, this.serve(row).finally(() => this.lanes.delete(row.id)));
    }
    return false;
  }

  private async serve(row: WebhookRow): Promise<void> {
    let next: WebhookRow | undefined = row;
    try {
      for (let steps = 0; next?.state === 'active' && steps < STEPS && !this.stopping.signal.aborted; steps += 1) {
        next = await deliverNext(next, this.ports, this.options, this.stopping.signal);
      }
      if (next) this.work.wake();
    } catch (err) {
      if (!this.stopping.signal.aborted) this.options.log.warn({ err, webhook: row.id }, 'a webhook could not be served; tried again soon');
    }
  }
}
