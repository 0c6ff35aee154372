import { checkEncodable, decodedColours } from '../check-encodable.js';
import { decodeFrame } from '../code-frame.js';
import { type EncodedFrame } from '../codecs/codec.js';
import { checkImage, defaultFrameLimits, frameBytes, type FrameLimits, type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { type Picture, type PictureOptions } from '../render/encode-picture.js';
import { type Presentation, type Window } from '../render/presentation.js';
import { transferSyntaxOf } from '../transfer-syntaxes.js';
import { type FrameSource, type Job, type JobResult } from './job.js';
import { PoolThread } from './pool-thread.js';

export interface FramePoolOptions {
  readonly threads: number;
  /** Frames that may wait for a thread, beside those in work. */
  readonly maxQueued: number;
  /** Bytes of the frames that wait. */
  readonly maxQueuedBytes: number;
  readonly timeLimitMs: number;
  /** Work for whose bytes there was no room for so long is refused. */
  readonly roomLimitMs: number;
  /** Memory of codecs never shrinks: after a frame of more decoded bytes its thread is replaced. */
  readonly recycleBytes: number;
  /** A thread that had nothing to do for so long is ended. */
  readonly idleMs: number;
  readonly limits: FrameLimits;
}

const BIG_ENDIAN = '1.2.840.10008.1.2.2';

const defaults: FramePoolOptions = {
  threads: 2, maxQueued: 256, maxQueuedBytes: 256 * 1024 * 1024, timeLimitMs: 10_000, roomLimitMs: 30_000, recycleBytes: 64 * 1024 * 1024, idleMs: 60_000, limits: defaultFrameLimits,
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

interface WaitingForRoom {
  readonly bytes: number;
  resolve(): void;
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
  private places = 0;
  private heldBytes = 0;
  private readonly waitingForRoom: WaitingForRoom[] = [];
  private readonly counted = { refused: 0, timedOut: 0, threadsLost: 0 };
  private readonly working = new Set<PoolThread>();
  private readonly idle: Idle[] = [];
  private closed = false;

  constructor(options: Partial<FramePoolOptions> = {}) {
    this.options = { ...defaults, ...options };
  }

  /** For metrics. */
  get load(): { readonly working: number; readonly waiting: number; readonly waitingBytes: number; readonly places: number; readonly heldBytes: number } {
    return { working: this.working.size, waiting: this.waiting.length, waitingBytes: this.waitingBytes, places: this.places, heldBytes: this.heldBytes };
  }

  /** For metrics. */
  get counts(): FrameCounts {
    return { ...this.counted };
  }

  /**
   * Work that reads frames before it asks for something: its place is taken first, and it begins when there is room for the bytes
   * that it is going to hold. What is larger than all of the room has it when nothing else has.
   *
   * @param signal of who waits: when he leaves, so does his place
   * @throws ImagingError `busy` when as many are there as may be, or when there was no room in time; `canceled`
   */
  async admit<T>(bytes: number, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const release = await this.takePlace(bytes, signal);
    try {
      return await work();
    } finally {
      release();
    }
  }

  /** As `admit`, for work that ends elsewhere. Resolves with what gives the place back. */
  async takePlace(bytes: number, signal?: AbortSignal): Promise<() => void> {
    const { threads, maxQueued } = this.options;
    if (this.closed) throw closedError();
    if (signal?.aborted === true) throw canceledError();
    if (this.places >= threads + maxQueued) throw this.refused();
    this.places++;
    if (this.waitingForRoom.length > 0 || !this.hasRoom(bytes)) await this.room(bytes, signal);
    else this.heldBytes += bytes;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.places--;
      this.heldBytes -= bytes;
      this.giveRoom();
    };
  }

  /** Whoever does not get it has no place any more. */
  private async room(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = { bytes, resolve, reject };
    this.waitingForRoom.push(entry);
    const leave = (errorOf: () => ImagingError): void => {
      const at = this.waitingForRoom.indexOf(entry);
      if (at < 0) return;
      this.waitingForRoom.splice(at, 1);
      this.places--;
      reject(errorOf());
      this.giveRoom();
    };
    const timer = setTimeout(() => leave(() => this.refused()), this.options.roomLimitMs);
    const canceled = (): void => leave(canceledError);
    signal?.addEventListener('abort', canceled, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', canceled);
    }
  }

  private hasRoom(bytes: number): boolean {
    return this.heldBytes === 0 || this.heldBytes + bytes <= this.options.maxQueuedBytes;
  }

  /** In the order in which they came, so that a large one has its turn. */
  private giveRoom(): void {
    for (let next = this.waitingForRoom[0]; next !== undefined && this.hasRoom(next.bytes); next = this.waitingForRoom[0]) {
      this.waitingForRoom.shift();
      this.heldBytes += next.bytes;
      next.resolve();
    }
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

  /** A frame as stored to native samples. Frames of the little endian syntaxes are these already, and wait for nothing. */
  async decode(source: FrameSource, ask: AskOptions = {}): Promise<RawFrame> {
    const { limits } = this.options;
    if (isLittleEndian(source.transferSyntaxUid)) return decodeFrame(source.transferSyntaxUid, source.frame, source.image, limits);
    const { bytes, rest } = await this.ask<'decode'>({ kind: 'decode', source, limits }, ask);
    return { pixels: bytes, image: rest.image };
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
    for (const { reject } of [...this.waiting.splice(0), ...this.waitingForRoom.splice(0)]) reject(closedError());
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
    const giveUp = (): void => this.giveUp(entry);
    signal?.addEventListener('abort', giveUp, { once: true });
    this.dispatch();
    try {
      return (await promise) as JobResult<K>;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  private giveUp(entry: Waiting): void {
    const at = this.waiting.indexOf(entry);
    if (at < 0) return;
    this.waiting.splice(at, 1);
    this.waitingBytes -= entry.job.source.frame.length;
    entry.reject(canceledError());
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.working.size < this.options.threads) {
      const next = this.waiting.shift()!;
      this.waitingBytes -= next.job.source.frame.length;
      void this.work(this.freeThread(), next);
    }
  }

  private async work(thread: PoolThread, waiting: Waiting): Promise<void> {
    const { job, resolve, reject } = waiting;
    this.working.add(thread);
    try {
      resolve(await thread.run(job, this.options.timeLimitMs));
    } catch (error) {
      if (thread.isOver && !this.closed) this.counted.threadsLost++;
      // A frame before this one may have spoiled the thread: that must not fail this one.
      if (thread.isOver && thread.isUsed && !this.closed) {
        this.working.delete(thread);
        return this.work(new PoolThread(), waiting);
      }
      if ((error as ImagingError).code === 'time-limit') this.counted.timedOut++;
      reject(error as ImagingError);
    }
    this.working.delete(thread);
    if (this.closed || thread.isOver || frameBytes(job.source.image) > this.options.recycleBytes) void thread.end();
    else this.rest(thread);
    this.dispatch();
  }

  private refused(): ImagingError {
    this.counted.refused++;
    return new ImagingError('busy', 'All image decoders are busy and the queue is full; ask again later.');
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

function isLittleEndian(uid: string): boolean {
  return uid !== BIG_ENDIAN && transferSyntaxOf(uid)?.encapsulated === false;
}

function closedError(): ImagingError {
  return new ImagingError('canceled', 'The pool of threads was closed.');
}

function canceledError(): ImagingError {
  return new ImagingError('canceled', 'Nobody waits for the frame any more.');
}
