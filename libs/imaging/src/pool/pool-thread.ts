import { Worker } from 'node:worker_threads';

import { ImagingError } from '../imaging-error.js';
import { type Job, type JobResult, STARTED, type ThreadAnswer } from './job.js';

/** JavaScript memory of a thread; what codecs take is apart, and bounded by `FrameLimits`. */
const HEAP_MB = 256;

/** A frame up to this is put into memory that both threads see and that the next one uses again: new memory for each keeps the collectors busy. */
const SHARED_BYTES = 8 * 1024 * 1024;

/** For the start of a thread, which is no part of a frame's time: on a busy machine it may take seconds. */
const START_MS = 60_000;

interface Current {
  resolve(result: JobResult): void;
  reject(error: ImagingError): void;
  readonly timeLimitMs: number;
  timer: NodeJS.Timeout;
}

/** One worker thread, which does one job at a time. After `isOver` it does none. */
export class PoolThread {
  private readonly worker = startWorker();
  private current: Current | undefined;
  private over = false;
  private shared = new SharedArrayBuffer(0);
  private jobs = 0;
  private started = false;
  private held = 0;

  /** Throws ImagingError `failed` when no thread can be had. */
  constructor() {
    this.worker.unref();
    this.worker.on('message', (answer: ThreadAnswer | typeof STARTED) => (answer === STARTED ? this.start() : this.settle(answer)));
    this.worker.on('error', ({ code }: NodeJS.ErrnoException) => (code === 'ERR_WORKER_OUT_OF_MEMORY' && this.started ? this.fail('too-large', 'The frame takes more memory than a thread has.') : this.ended()));
    this.worker.on('exit', () => this.ended());
  }

  get isOver(): boolean {
    return this.over;
  }

  /** It did more than the last job. */
  get isUsed(): boolean {
    return this.jobs > 1;
  }

  /** Memory that its codecs took, and keep. */
  get heldBytes(): number {
    return this.held;
  }

  /** @throws ImagingError of the job, or `time-limit`: then the thread is over */
  run(job: Job, timeLimitMs: number): Promise<JobResult> {
    this.jobs++;
    const { promise, resolve, reject } = Promise.withResolvers<JobResult>();
    this.current = { resolve, reject, timeLimitMs, timer: this.limit(timeLimitMs, this.started ? 0 : START_MS) };
    this.worker.ref();
    const frame = this.copyOf(job.source.frame);
    this.worker.postMessage({ ...job, source: { ...job.source, frame } }, frame.buffer instanceof ArrayBuffer ? [frame.buffer] : []);
    return promise;
  }

  private limit(timeLimitMs: number, more = 0): NodeJS.Timeout {
    return setTimeout(() => this.fail('time-limit', `The frame was not done within ${timeLimitMs} ms.`), timeLimitMs + more);
  }

  private start(): void {
    this.started = true;
    if (this.current === undefined) return;
    clearTimeout(this.current.timer);
    this.current.timer = this.limit(this.current.timeLimitMs);
  }

  /** A view would take along all of the memory that it is a view of. */
  private copyOf(frame: Buffer): Uint8Array {
    if (frame.length > SHARED_BYTES) return new Uint8Array(frame);
    if (frame.length > this.shared.byteLength) this.shared = new SharedArrayBuffer(frame.length);
    const copy = new Uint8Array(this.shared, 0, frame.length);
    copy.set(frame);
    return copy;
  }

  async end(): Promise<void> {
    this.fail('canceled', 'The pool of threads was closed.');
    await this.worker.terminate();
  }

  private settle(answer: ThreadAnswer): void {
    this.held = answer.heldBytes;
    if ('code' in answer && answer.code === 'failed') return this.fail(answer.code, answer.text);
    const current = this.released();
    if ('code' in answer) current?.reject(new ImagingError(answer.code, answer.text));
    else current?.resolve({ bytes: Buffer.from(answer.bytes.buffer, answer.bytes.byteOffset, answer.bytes.byteLength), rest: answer.rest });
  }

  /** Not by an answer: whether the frame is to blame is not known, nor whether the thread ever began. */
  private ended(): void {
    this.fail('failed', 'The thread that worked on the frame ended.');
  }

  private fail(code: ImagingError['code'], text: string): void {
    this.over = true;
    this.released()?.reject(new ImagingError(code, text));
    void this.worker.terminate();
  }

  private released(): Current | undefined {
    const { current } = this;
    this.current = undefined;
    clearTimeout(current?.timer);
    this.worker.unref();
    return current;
  }
}

/** Beside this file; run from source (tests), Node strips the types. */
function startWorker(): Worker {
  const here = import.meta.url;
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB };
  const loader = new URL('../../../dicom/from-source.mjs', here).href;
  try {
    if (!here.endsWith('.ts')) return new Worker(new URL('./frame-worker.js', here), { resourceLimits });
    return new Worker(new URL('./frame-worker.ts', here), { resourceLimits, execArgv: ['--conditions=@isocenter/source', '--import', loader] });
  } catch (error) {
    throw new ImagingError('failed', `No thread could be started for the frame: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
