import { BackgroundWork } from '@isocenter/background';
import { IsocenterError } from '@isocenter/http';
import { FramePool, ImagingError } from '@isocenter/imaging';
import type { InstanceScope, NumberedChange } from '@isocenter/metadata-store';
import { ResultCache } from '@isocenter/result-cache';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RenderThumbnail } from '../render-thumbnail/render-thumbnail.js';
import { RENDER_OPTIONS, type RenderOptions } from '../render-options.js';

const LOOK_AGAIN_MS = 500;
/** Series that wait; what comes beyond them gets its thumbnail when somebody asks. */
const MAX_WAITING = 10_000;
/** Of a series while the stores are away, or there is no place. */
const TRIES = 10;

interface Waiting {
  readonly scope: InstanceScope;
  readonly tries: number;
}

/**
 * Makes thumbnails of series that were changed before anybody asks, one at a time and only while no thread has anything to do. That of a
 * study is that of one of its series. Every replica does so for itself, since a request may come to any.
 */
@Injectable()
export class WarmThumbnails implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly waiting = new Map<string, Waiting>();
  private readonly stopping = new AbortController();
  private readonly work: BackgroundWork;
  private forget: (() => void) | undefined;

  constructor(private readonly results: ResultCache, private readonly frames: FramePool, private readonly renderThumbnail: RenderThumbnail, @Inject(RENDER_OPTIONS) private readonly options: RenderOptions) {
    this.work = new BackgroundWork({ step: () => this.makeNext(), everyMs: LOOK_AGAIN_MS, onError: (err) => options.log.warn({ err }, 'a thumbnail could not be made beforehand') });
  }

  onApplicationBootstrap(): void {
    if (!this.options.warmThumbnails) return;
    this.forget = this.results.onChanges((changes) => this.note(changes));
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.forget?.();
    this.stopping.abort();
    await this.work.stop();
  }

  private note(changes: readonly NumberedChange[]): void {
    for (const { partition, study, series } of changes) {
      if (this.waiting.size < MAX_WAITING) this.waiting.set(`${partition}/${study}/${series}`, { scope: { partition, study, series }, tries: 0 });
    }
    this.work.wake();
  }

  private async makeNext(): Promise<boolean> {
    const [next] = this.waiting;
    if (next === undefined || this.frames.load.working > 0) return false;
    const [key, { scope, tries }] = next;
    this.waiting.delete(key);
    try {
      await this.renderThumbnail.warm(scope, this.stopping.signal);
    } catch (error) {
      if (this.stopping.signal.aborted) return false;
      // Deleted meanwhile, or nothing of which there is a picture: whoever asks hears so.
      if (!passes(error)) return true;
      // Behind the others, unless it was changed once more.
      if (tries + 1 < TRIES && !this.waiting.has(key)) this.waiting.set(key, { scope, tries: tries + 1 });
      if (!(error instanceof IsocenterError)) throw error;
      return false;
    }
    return true;
  }
}

/** Whether it may be otherwise the next time. What takes too long takes as long then. */
function passes(error: unknown): boolean {
  if (!(error instanceof IsocenterError)) return true;
  return error.status === 503 && !(error.cause instanceof ImagingError && error.cause.code === 'time-limit');
}
