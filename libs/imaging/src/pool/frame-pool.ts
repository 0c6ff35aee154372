import { checkEncodable, decodedColours } from '../check-encodable.js';
import { type EncodedFrame } from '../codecs/codec.js';
import { checkImage, defaultFrameLimits, frameBytes, type FrameLimits, type ImageDescription } from '../image-description.js';
import { type ImagingError } from '../imaging-error.js';
import { type Picture, type PictureOptions } from '../render/encode-picture.js';
import { type Presentation, type Window } from '../render/presentation.js';
import { transferSyntaxOf } from '../transfer-syntaxes.js';
import { type FrameSource, type Job, type JobResult } from './job.js';
import { busyError, canceledError, closedError } from './pool-errors.js';
import { PoolThread } from './pool-thread.js';
import { type GiveBack, Room } from './room.js';

export interface FramePoolOptions {
  readonly threads: number;
  /** Frames that may wait for a thread, beside those in work. */
  readonly maxQueued: number;
  /** Bytes of the frames that wait: half of them of work, half of answers (`takePlace`). */
  readonly maxQueuedBytes: number;
  /** Of a small frame; a larger one has more, see `MS_A_SAMPLE`. */
  readonly timeLimitMs: number;
  /** Work for whose bytes there was no room for so long is refused. */
  readonly roomLimitMs: number;
  /** A frame that waited so long for a thread is refused. With `roomLimitMs` and the time of a large frame less than gateways wait. */
  readonly waitLimitMs: number;
  /** Memory of codecs never shrinks: after a frame of more decoded bytes, or pixels, its thread is replaced. */
  readonly recycleBytes: number;
  /** And after any frame when its codecs took more than this; they begin with 400 MB, most of which is never touched. */
  readonly heldBytes: number;
  /** A thread that had nothing to do for so long is ended. */
  readonly idleMs: number;
  readonly limits: FrameLimits;
}

/** JPEG 2000, the slowest, is decoded and encoded in a quarter of this on a machine with nothing else to do. */
const MS_A_SAMPLE = 0.001;

const defaults: FramePoolOptions = {
  threads: 2, maxQueued: 256, maxQueuedBytes: 256 * 1024 * 1024, timeLimitMs: 10_000, roomLimitMs: 30_000, waitLimitMs: 120_000,
  recycleBytes: 64 * 1024 * 1024, heldBytes: 768 * 1024 * 1024, idleMs: 60_000, limits: defaultFrameLimits,
};

/** What one asker may add. */
export interface AskOptions {
  /** Gives up the place in the queue; a frame in work is finished all the same. */
  readonly signal?: AbortSignal | undefined;
  /** Inside of `admit`: its place is taken already. */
  readonly admitted?: boolean | undefined;
}

interface Waiting {
  readonly job: Job;
  resolve(result: JobResult): void;
  reject(error: ImagingError): void;
}

/** What happened since the pool was opened. */
export interface FrameCounts {
  /** Requests and frames that were refused as `busy`. */
  readonly refused: number;
  /** Frames that were not done within the time limit. */
  readonly timedOut: number;
  /** Threads that a frame ended, by its time, its memory or a fault. */
  readonly threadsLost: number;
}

interface Idle {
  readonly thread: PoolThread;
  readonly timer: NodeJS.Timeout;
}

/**
 * Threads that decode and encode frames, so that no frame holds up the event loop and none that breaks a codec harms another.
 * Threads start when there is work. Every method throws ImagingError; `busy` when as many frames wait as may.
 */
export class FramePool {
  private readonly options: FramePoolOptions;
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;
  /** Of work, and of answers: who reads slowly does not hold up what is made for others. */
  private readonly rooms: { readonly work: Room; readonly answers: Room };
  private readonly counted = { refused: 0, timedOut: 0, threadsLost: 0 };
  private readonly working = new Set<PoolThread>();
  private readonly idle: Idle[] = [];
  private closed = false;

  constructor(options: Partial<FramePoolOptions> = {}) {
    this.options = { ...defaults, ...options };
    const { threads, maxQueued, maxQueuedBytes, roomLimitMs } = this.options;
    const room = (): Room => new Room({ maxPlaces: threads + maxQueued, maxBytes: maxQueuedBytes / 2, limitMs: roomLimitMs });
    this.rooms = { work: room(), answers: room() };
  }

  /** For metrics. */
  get load(): { readonly working: number; readonly waiting: number; readonly waitingBytes: number; readonly places: number; readonly heldBytes: number } {
    const [work, answers] = [this.rooms.work.load, this.rooms.answers.load];
    return { working: this.working.size, waiting: this.waiting.length, waitingBytes: this.waitingBytes, places: work.places + answers.places, heldBytes: work.heldBytes + answers.heldBytes };
  }

  /** For metrics. */
  get counts(): FrameCounts {
    const { refused, ...others } = this.counted;
    return { refused: refused + this.rooms.work.load.refused + this.rooms.answers.load.refused, ...others };
  }

  /**
   * Work that reads frames before it asks for something: its place is taken first, and it begins when there is room for the bytes
   * that it is going to hold (`Room.take`).
   */
  async admit<T>(bytes: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.rooms.work.take(bytes, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** As `admit`, for an answer whose frames are made as its client takes them. Resolves with what gives the place back. */
  takePlace(bytes: number, signal?: AbortSignal): Promise<GiveBack> {
    return this.rooms.answers.take(bytes, signal);
  }

  /** Whether a frame is one that is worked on: to be asked before its bytes are read. Throws ImagingError. */
  checkFrame(image: ImageDescription, encodedBytes: number): void {
    checkImage(image, encodedBytes, this.options.limits);
  }

  /** Whether frames can be had in a transfer syntax, as far as their description and the bytes of the largest one tell. Throws ImagingError. */
  check({ transferSyntaxUid, image }: Omit<FrameSource, 'frame'>, target: string, largest: number): void {
    this.checkFrame(image, largest);
    const [stored, wanted] = [transferSyntaxOf(transferSyntaxUid), transferSyntaxOf(target)];
    if (stored !== undefined && wanted !== undefined) checkEncodable(wanted, { ...image, photometricInterpretation: decodedColours(stored, image) });
  }

  /** A frame as stored to one of another transfer syntax. */
  async transcode(source: FrameSource, target: string, { quality = 90, ...ask }: AskOptions & { readonly quality?: number } = {}): Promise<EncodedFrame> {
    const { bytes, rest } = await this.ask<'transcode'>({ kind: 'transcode', source, target, options: { quality }, limits: this.options.limits }, ask);
    return { bytes, ...rest };
  }

  /** A frame as stored to a picture file. */
  async render(source: FrameSource, presentation: Presentation, picture: PictureOptions, { window, ...ask }: AskOptions & { readonly window?: Window | undefined } = {}): Promise<Picture> {
    const { bytes, rest } = await this.ask<'render'>({ kind: 'render', source, presentation, window, picture, limits: this.options.limits }, ask);
    return { bytes, ...rest };
  }

  /** Ends all threads; what is not done is rejected as `canceled`. */
  async close(): Promise<void> {
    this.closed = true;
    for (const { reject } of this.waiting.splice(0)) reject(closedError());
    this.rooms.work.close();
    this.rooms.answers.close();
    this.waitingBytes = 0;
    const threads = [...this.working, ...this.idle.splice(0).map(({ thread, timer }) => (clearTimeout(timer), thread))];
    await Promise.all(threads.map((thread) => thread.end()));
  }

  private async ask<K extends Job['kind']>(job: Job & { readonly kind: K }, { signal, admitted = false }: AskOptions): Promise<JobResult<K>> {
    const { frame, image } = job.source;
    checkImage(image, frame.length, job.limits);
    if (this.closed) throw closedError();
    if (signal?.aborted === true) throw canceledError();
    const { threads, maxQueued, maxQueuedBytes } = this.options;
    if (!admitted && this.working.size >= threads && (this.waiting.length >= maxQueued || this.waitingBytes + frame.length > maxQueuedBytes)) {
      throw this.refused();
    }
    const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
    const entry = { job, resolve, reject };
    this.waiting.push(entry);
    this.waitingBytes += frame.length;
    const giveUp = (): void => this.giveUp(entry, canceledError);
    const timer = setTimeout(() => this.giveUp(entry, () => this.refused()), this.options.waitLimitMs);
    signal?.addEventListener('abort', giveUp, { once: true });
    this.dispatch();
    try {
      return (await promise) as JobResult<K>;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }
  }

  /** The place in the queue; a frame in work is finished. */
  private giveUp(entry: Waiting, errorOf: () => ImagingError): void {
    const at = this.waiting.indexOf(entry);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    this.waitingBytes -= entry.job.source.frame.length;
    entry.reject(errorOf());
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.working.size < this.options.threads) {
      const next = this.waiting.shift()!;
      this.waitingBytes -= next.job.source.frame.length;
      void this.work(next, () => this.freeThread());
    }
  }

  /** Whatever goes wrong, he who asked is told. */
  private async work(waiting: Waiting, threadOf: () => PoolThread): Promise<void> {
    let thread: PoolThread;
    try {
      thread = threadOf();
    } catch (error) {
      waiting.reject(error as ImagingError);
      return;
    }
    this.working.add(thread);
    const isSpoiled = await this.run(waiting, thread);
    this.working.delete(thread);
    if (isSpoiled) await this.work(waiting, () => new PoolThread());
    else if (this.closed || thread.isOver || this.isGrown(thread, waiting.job.source.image)) void thread.end();
    else this.rest(thread);
    this.dispatch();
  }

  /** Resolves with true, and tells nobody, when a frame before this one may have spoiled the thread: that must not fail this one. */
  private async run({ job, resolve, reject }: Waiting, thread: PoolThread): Promise<boolean> {
    const { rows, columns, samplesPerPixel } = job.source.image;
    try {
      resolve(await thread.run(job, Math.round(this.options.timeLimitMs + rows * columns * samplesPerPixel * MS_A_SAMPLE)));
    } catch (error) {
      const isTimedOut = (error as ImagingError).code === 'time-limit';
      if (thread.isOver && !this.closed) this.counted.threadsLost++;
      // Others wait for longer than a second try would be worth.
      if (thread.isOver && thread.isUsed && !isTimedOut && !this.closed) return true;
      if (isTimedOut) this.counted.timedOut++;
      reject(error as ImagingError);
    }
    return false;
  }

  private isGrown(thread: PoolThread, image: ImageDescription): boolean {
    const { recycleBytes, heldBytes } = this.options;
    return Math.max(frameBytes(image), image.rows * image.columns) > recycleBytes || thread.heldBytes > heldBytes;
  }

  private refused(): ImagingError {
    this.counted.refused++;
    return busyError();
  }

  private freeThread(): PoolThread {
    const free = this.idle.pop();
    if (free === undefined) return new PoolThread();
    clearTimeout(free.timer);
    return free.thread.isOver ? this.freeThread() : free.thread;
  }

  private rest(thread: PoolThread): void {
    const timer = setTimeout(() => {
      const at = this.idle.findIndex((one) => one.thread === thread);
      if (at >= 0) this.idle.splice(at, 1);
      void thread.end();
    }, this.options.idleMs);
    timer.unref();
    this.idle.push({ thread, timer });
  }
}
