import { BackgroundWork } from '@isocenter/background';
import { isBroughtBack, requireNothingLost } from '@isocenter/journal';
import { FEED_LAST, METADATA_STORE, REBUILD, type MetadataStore } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { Lease } from '../hold-lease/lease.js';
import { numberChanges } from './number-changes.js';

/** Hints may be lost: the store is looked at this often all the same. */
const LOOK_AGAIN_MS = 1_000;

/** Under load changes are numbered this often, many in one transaction: each costs an fsync and processor time that stores could use. */
const GATHER_MS = 100;

/**
 * Numbers changes as they come, and tells who waits for them. Of several replicas the one with the lease does it, and any
 * other for a request that waits.
 */
@Injectable()
export class Numberer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly numbered = new EventEmitter().setMaxListeners(0);
  private readonly work: BackgroundWork;
  private forgetHints: (() => void) | undefined;
  /** Requests that wait for numbers. */
  private waiting = 0;

  /** The last number that was seen when the journal told of nothing that the metadata do not have, or since; undefined: nobody has looked. */
  private wholeUpTo: number | undefined;

  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore, @Inject(OBJECT_STORE) private readonly objects: ObjectStore, @Inject(CHANGE_FEED_OPTIONS) { log }: ChangeFeedOptions, private readonly lease: Lease) {
    this.work = new BackgroundWork({
      step: () => this.numberSome(),
      everyMs: LOOK_AGAIN_MS,
      gatherMs: GATHER_MS,
      onError: (err) => log.warn({ err }, 'changes could not be numbered; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.forgetHints = this.store.onChanges(() => this.work.wake());
    this.work.start();
    void this.work.run();
  }

  async onApplicationShutdown(): Promise<void> {
    this.forgetHints?.();
    await this.work.stop();
  }

  /** Calls back when changes got numbers. Returns what ends that. */
  onNumbered(listener: () => void): () => void {
    this.numbered.on('numbered', listener);
    return () => this.numbered.off('numbered', listener);
  }

  /** Resolves when every change that was committed before the call has its number, or after `withinMs`. */
  async settled(withinMs: number): Promise<void> {
    if ((await this.store.listUnnumberedChanges(1)).length === 0) return;
    const timeout = AbortSignal.timeout(withinMs);
    const late = new Promise<void>((resolve) => timeout.addEventListener('abort', () => resolve(), { once: true }));
    this.waiting += 1;
    await Promise.race([this.work.run(), late]);
    this.waiting -= 1;
  }

  private async numberSome(): Promise<boolean> {
    const more = await numberChanges(this.store, async () => (this.waiting > 0 || (await this.lease.hold())) && (await this.isWhole()));
    this.numbered.emit('numbered');
    return more;
  }

  /** A number that was given already must not be given again: not while rows are lost or brought back (DESIGN §3.7). Rejects with what is wrong. */
  private async isWhole(): Promise<boolean> {
    // Before the reads: a number below it is of an older copy of the metadata, brought back under this process.
    const { wholeUpTo } = this;
    const [last, rebuild] = await Promise.all([this.store.readCursor(FEED_LAST), this.store.readCursor(REBUILD)]);
    if (isBroughtBack(rebuild)) return false;
    if (!last || wholeUpTo === undefined || last.position < wholeUpTo) await requireNothingLost(this.store, this.objects);
    this.wholeUpTo = last?.position ?? 0;
    return true;
  }
}
