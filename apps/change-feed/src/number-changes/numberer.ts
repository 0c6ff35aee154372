import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { numberChanges } from './number-changes.js';

/** Hints may be lost: the store is looked at this often all the same. */
const LOOK_AGAIN_MS = 1_000;

/** Under load changes are numbered this often, many in one transaction: each costs an fsync that stores could use. */
const AT_MOST_EVERY_MS = 25;

/** Numbers changes as they come, and tells who waits for them. */
@Injectable()
export class Numberer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly numbered = new EventEmitter().setMaxListeners(0);
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private forgetHints: (() => void) | undefined;
  private running: Promise<void> | undefined;
  private again = false;

  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore, @Inject(CHANGE_FEED_OPTIONS) private readonly options: ChangeFeedOptions) {}

  onApplicationBootstrap(): void {
    this.forgetHints = this.store.onChanges(() => this.lookSoon());
    this.timer = setInterval(() => this.look(), LOOK_AGAIN_MS);
    this.timer.unref();
    void this.look();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.forgetHints?.();
    await this.running;
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
    await Promise.race([this.look(), late]);
  }

  private lookSoon(): void {
    this.soon ??= setTimeout(() => {
      this.soon = undefined;
      void this.look();
    }, AT_MOST_EVERY_MS).unref();
  }

  /** One look after the other; a hint during one causes another. */
  private look(): Promise<void> {
    this.again = true;
    this.running ??= this.numberAll();
    return this.running;
  }

  private async numberAll(): Promise<void> {
    try {
      while (this.again) {
        this.again = false;
        const more = await numberChanges(this.store);
        this.again ||= more;
        this.numbered.emit('numbered');
      }
    } catch (err) {
      this.options.log.warn({ err }, 'changes could not be numbered; tried again soon');
    } finally {
      // Here, in the same turn as the last look at `again`: a hint must find either a run that sees it or none.
      this.running = undefined;
    }
  }
}
