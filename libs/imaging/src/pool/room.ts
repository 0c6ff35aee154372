import { type ImagingError } from '../imaging-error.js';
import { busyError, canceledError, closedError } from './pool-errors.js';

export interface RoomOptions {
  /** Of who has room and who waits for it. */
  readonly maxPlaces: number;
  readonly maxBytes: number;
  /** Who had no room for so long is refused. */
  readonly limitMs: number;
}

interface Waiting {
  readonly bytes: number;
  resolve(): void;
  reject(error: ImagingError): void;
}

/** Gives a place back, once; or, when it turned out to hold less, its room but for so many bytes. */
export type GiveBack = (allBut?: number) => void;

/** Places for requests, and room for the bytes that they are going to hold. */
export class Room {
  private readonly options: RoomOptions;
  private readonly waiting: Waiting[] = [];
  private taken = 0;
  private held = 0;
  private refusals = 0;
  private closed = false;

  constructor(options: RoomOptions) {
    this.options = options;
  }

  /** For metrics. */
  get load(): { readonly places: number; readonly heldBytes: number; readonly refused: number } {
    return { places: this.taken, heldBytes: this.held, refused: this.refusals };
  }

  /**
   * A place, when there is room for the bytes; what is larger than all of the room has it when nothing else has.
   *
   * @param signal of who waits: when he leaves, so does his place
   * @throws ImagingError `busy` when as many are there as may be, or when there was no room in time; `canceled`
   */
  async take(bytes: number, signal?: AbortSignal): Promise<GiveBack> {
    if (this.closed) throw closedError();
    if (signal?.aborted === true) throw canceledError();
    if (this.taken >= this.options.maxPlaces) throw this.refused();
    this.taken++;
    if (this.waiting.length > 0 || !this.has(bytes)) await this.wait(bytes, signal);
    else this.held += bytes;
    let [isHeld, own] = [true, bytes];
    return (allBut) => {
      if (!isHeld) return;
      const left = Math.min(own, allBut ?? 0);
      this.held -= own - left;
      own = left;
      isHeld = allBut !== undefined;
      if (!isHeld) this.taken--;
      this.give();
    };
  }

  /** Who waits is told `canceled`. */
  close(): void {
    this.closed = true;
    for (const { reject } of this.waiting.splice(0)) reject(closedError());
  }

  /** Whoever does not get it has no place any more. */
  private async wait(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry = { bytes, resolve, reject };
    this.waiting.push(entry);
    const leave = (errorOf: () => ImagingError): void => {
      const at = this.waiting.indexOf(entry);
      if (at < 0) return;
      this.waiting.splice(at, 1);
      this.taken--;
      reject(errorOf());
      this.give();
    };
    const timer = setTimeout(() => leave(() => this.refused()), this.options.limitMs);
    const canceled = (): void => leave(canceledError);
    signal?.addEventListener('abort', canceled, { once: true });
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', canceled);
    }
  }

  private has(bytes: number): boolean {
    return this.held === 0 || this.held + bytes <= this.options.maxBytes;
  }

  /** In the order in which they came, so that a large one has its turn. */
  private give(): void {
    for (let next = this.waiting[0]; next !== undefined && this.has(next.bytes); next = this.waiting[0]) {
      this.waiting.shift();
      this.held += next.bytes;
      next.resolve();
    }
  }

  private refused(): ImagingError {
    this.refusals++;
    return busyError();
  }
}
