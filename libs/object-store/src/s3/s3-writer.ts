import type { BudgetClaim } from '../byte-budget.js';
import type { ObjectWriter } from '../object-store.js';
import { MultipartUpload } from './multipart-upload.js';
import { PartBytes } from './part-bytes.js';
import type { S3Connection } from './s3-connection.js';
import { storeError, tasks } from './s3-errors.js';
import { putObject, type NewObject } from './store-once.js';

/** Of one writer, while the next is gathered. */
const partsInFlight = 2;

/**
 * An object on its way to S3: one request when all of it fits into a part, else parts that are sent while the next one is
 * gathered. What is gathered is claimed from the budget, what is in flight goes back to it by itself.
 */
export class S3Writer implements ObjectWriter {
  #ended = false;
  #part = new PartBytes();
  #size = 0;
  #parts = 0;
  #upload: Promise<MultipartUpload> | undefined;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #cancel = new AbortController();
  #failure: { readonly error: unknown } | undefined;

  constructor(
    private readonly connection: S3Connection,
    private readonly object: NewObject,
    private readonly claim: BudgetClaim,
    private readonly partBytes: number,
    private readonly whenEnded: () => void,
  ) {}

  write(chunk: Buffer, given = false): void | Promise<void> {
    this.#demandOpen('written to');
    this.#throwFailure();
    if (chunk.length === 0) return undefined;
    if (this.#part.size + chunk.length > this.partBytes) return this.#writeInPieces(chunk, given);
    const room = this.claim.take(chunk.length);
    if (room) return room.then(() => this.#gather(chunk, given));
    this.#gather(chunk, given);
    return undefined;
  }

  async commit(): Promise<{ readonly size: number }> {
    this.#demandOpen('committed');
    this.#ended = true;
    try {
      if (this.#upload) await this.#completeUpload(this.#upload);
      else await this.#putWhole();
    } catch (error) {
      await this.#discard();
      throw storeError(error, tasks.store, this.object.key);
    }
    this.#end();
    return { size: this.#size };
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#discard();
  }

  async #putWhole(): Promise<void> {
    await putObject(this.connection, this.object, this.#part);
    this.#part.free();
  }

  async #writeInPieces(chunk: Buffer, given: boolean): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      if (this.#part.size === this.partBytes) await this.#sendPart();
      this.#throwFailure();
      const piece = chunk.subarray(at, at + this.partBytes - this.#part.size);
      await this.claim.take(piece.length);
      // A piece of a chunk does not fill its memory, so it is not freed.
      this.#gather(piece, given);
      at += piece.length;
    }
  }

  #gather(chunk: Buffer, given: boolean): void {
    // Aborted while it waited.
    this.#demandOpen('written to');
    this.#part.add(chunk, given);
    this.#size += chunk.length;
  }

  /** Resolves as soon as the part is on its way. */
  async #sendPart(): Promise<void> {
    while (this.#inFlight.size >= partsInFlight) await Promise.race(this.#inFlight);
    const part = this.#part;
    this.#part = new PartBytes();
    const giveBack = this.claim.handOver();
    const sending = this.#sendNow((this.#parts += 1), part).finally(() => {
      this.#inFlight.delete(sending);
      giveBack();
    });
    this.#inFlight.add(sending);
  }

  /** Never rejects: a failure is told to the next call. */
  async #sendNow(number: number, part: PartBytes): Promise<void> {
    try {
      this.#upload ??= MultipartUpload.start(this.connection, this.object);
      await (await this.#upload).sendPart(number, part, this.#cancel.signal);
      part.free();
    } catch (error) {
      this.#failure ??= { error: storeError(error, tasks.store, this.object.key) };
    }
  }

  async #completeUpload(upload: Promise<MultipartUpload>): Promise<void> {
    await this.#sendPart();
    await Promise.all(this.#inFlight);
    this.#throwFailure();
    await (await upload).complete();
  }

  async #discard(): Promise<void> {
    this.#cancel.abort();
    this.#part = new PartBytes();
    await Promise.all(this.#inFlight);
    const upload = await this.#upload?.catch(() => undefined);
    await upload?.abort();
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.claim.release();
    this.whenEnded();
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  #demandOpen(what: string): void {
    if (this.#ended) throw new TypeError(`A writer cannot be ${what} after commit or abort.`);
  }
}
