import { Worker } from 'node:worker_threads';
import { StandaloneFileError } from './errors.js';

interface Waiting<T> { resolve: (answer: T) => void; reject: (error: Error) => void }

/** A thread's own objects live as long as one request. */
const YOUNG_GENERATION_MB = 4;

/** Requests to one worker thread, answered by id. */
export class WorkerChannel<Answer extends { id: number }> {
  private readonly waiting = new Map<number, Waiting<Answer>>();
  private readonly worker: Worker;
  private readonly exited: Promise<void>;
  /** Why nothing is asked any more: the thread was told to end, or ended by itself. */
  private ended: StandaloneFileError | undefined;
  private nextId = 1;

  /** `name`: file name without ending; it stands beside this file, as TypeScript in tests and compiled otherwise. */
  constructor(name: string, workerData: object) {
    const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.worker = new Worker(new URL(`./${name}.${ending}`, import.meta.url), { workerData, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } });
    this.worker.on('message', (answers: Answer | Answer[]) => {
      for (const answer of Array.isArray(answers) ? answers : [answers]) this.settle(answer);
    });
    this.worker.on('error', (error) => this.fail((this.ended = new StandaloneFileError(error.message, 0))));
    this.exited = new Promise((resolve) => this.worker.once('exit', () => {
      this.fail((this.ended ??= new StandaloneFileError('its thread has ended', 0)));
      resolve();
    }));
  }

  /** Throws why nothing is answered any more. */
  requireRunning(): void {
    if (this.ended) throw this.ended;
  }

  get pending(): number {
    return this.waiting.size;
  }

  ask(request: object): Promise<Answer> {
    if (this.ended) return Promise.reject(this.ended);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ ...request, id });
    });
  }

  /** Ends the thread after the requests before this one. */
  async close(): Promise<void> {
    this.ended ??= new StandaloneFileError('it is closed', 0);
    this.worker.postMessage({ close: true });
    await this.exited;
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (!waiting) return;
    if ('error' in answer) {
      const { message, code } = answer.error as { message: string; code: number };
      waiting.reject(new StandaloneFileError(message, code));
    } else {
      waiting.resolve(answer);
    }
  }

  private fail(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
