import type { IncomingMessage } from 'node:http';
import type { LentChunks } from '../object-store.js';
import { noAnswer } from './read-answer.js';
import { NoAnswer, storeError, tasks } from './s3-errors.js';

/** Read ahead of who sends the bytes on; what the kernel has received comes on top. */
const readAhead = 1024 * 1024;

const ended = { done: true, value: undefined } as const;

/** The bytes of an object as they come. Exactly `length` of them, or an error. */
export class AnswerChunks implements LentChunks {
  readonly #arrived: Buffer[] = [];
  #held = 0;
  #missing: number;
  #complete = false;
  #failure: NoAnswer | undefined;
  #wake: (() => void) | undefined;

  constructor(private readonly answer: IncomingMessage, private readonly key: string, length: number, private readonly idleTimeoutMs: number) {
    this.#missing = length;
    answer.on('data', (chunk: Buffer) => this.#take(chunk));
    answer.on('end', () => this.#end(this.#missing === 0 ? undefined : new NoAnswer('an answer that ended early', true)));
    answer.on('error', (error) => this.#end(noAnswer(error, true)));
  }

  [Symbol.asyncIterator](): LentChunks {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    for (;;) {
      const chunk = this.#arrived.shift();
      if (chunk) {
        this.#held -= chunk.length;
        if (this.#held < readAhead / 2) this.#resume();
        return { done: false, value: chunk };
      }
      if (this.#failure) {
        const failure = this.#failure;
        this.#failure = undefined;
        throw storeError(failure, tasks.read, this.key);
      }
      if (this.#complete) return ended;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  return(): Promise<typeof ended> {
    if (!this.#complete) this.answer.destroy();
    this.#arrived.length = 0;
    this.#failure = undefined;
    this.#complete = true;
    this.#wake?.();
    return Promise.resolve(ended);
  }

  #take(chunk: Buffer): void {
    if (this.#complete) return;
    this.#missing -= chunk.length;
    this.#held += chunk.length;
    this.#arrived.push(chunk);
    if (this.#held >= readAhead) this.#pause();
    this.#wake?.();
  }

  #end(failure: NoAnswer | undefined): void {
    if (this.#complete) return;
    this.#complete = true;
    this.#failure = failure;
    this.#wake?.();
  }

  /** While we do not read, the silence is ours and no fault of the server. */
  #pause(): void {
    this.answer.pause();
    this.#timeout(0);
  }

  #resume(): void {
    if (this.#complete || !this.answer.isPaused()) return;
    this.#timeout(this.idleTimeoutMs);
    this.answer.resume();
  }

  #timeout(ms: number): void {
    // Of an answer that is complete the connection may be somebody else's by now.
    if (!this.answer.complete) this.answer.socket.setTimeout(ms);
  }
}
