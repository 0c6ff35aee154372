import { Worker } from 'node:worker_threads';

import { describeInstance, type InstanceDescription } from './describe-instance.js';
import { type ElementTable, type ScannedFile } from './element-table.js';

/** Headers up to this size are described at once, in some milliseconds at most. */
const INLINE_BYTES = 1024 * 1024;
/** Bytes that a row of the element table stands for: small elements cost as much as their tag, length and value in JSON. */
const BYTES_PER_ROW = 32;
const IDLE_MS = 10_000;
const TIME_LIMIT_MS = 60_000;

type Answer = { readonly id: number } & ({ readonly description: InstanceDescription } | { readonly error: string });

interface Pending {
  resolve(description: InstanceDescription): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

export interface DescribeWorkerOptions {
  readonly inlineBytes?: number;
  readonly idleMs?: number;
  readonly timeLimitMs?: number;
}

/** One thread for large headers, started when the first comes and ended when idle, so that the event loop never waits for one. */
export class DescribeWorker {
  private readonly options: Required<DescribeWorkerOptions>;
  private readonly pending = new Map<number, Pending>();
  private worker: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;
  private nextId = 1;

  constructor(options: DescribeWorkerOptions = {}) {
    this.options = { inlineBytes: INLINE_BYTES, idleMs: IDLE_MS, timeLimitMs: TIME_LIMIT_MS, ...options };
  }

  /**
   * As `describeInstance`. A large header is handed over to the worker: `elements` and `kept` of `file` are empty afterwards,
   * while `fragments`, `basicOffsetTable` and `pixelData` remain for the frame table.
   *
   * @throws Error when the worker fails or does not answer in time
   */
  async describe(file: ScannedFile): Promise<InstanceDescription> {
    if (file.kept.length + BYTES_PER_ROW * file.elements.count <= this.options.inlineBytes) return describeInstance(file);
    const { promise, resolve, reject } = Promise.withResolvers<InstanceDescription>();
    const id = this.nextId++;
    const timer = setTimeout(() => void this.stop(new Error(`The header was not described within ${this.options.timeLimitMs} ms.`)), this.options.timeLimitMs);
    this.pending.set(id, { resolve, reject, timer });
    clearTimeout(this.idle);
    const sent = handedOver(file);
    const worker = this.started();
    worker.ref();
    worker.postMessage({ id, file: sent.file }, sent.transfer);
    return promise;
  }

  /** Ends the thread; what it has not answered is rejected. */
  async close(): Promise<void> {
    await this.stop(new Error('The worker that describes headers was closed.'));
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = startWorker();
    worker.on('message', (answer: Answer) => this.settle(answer));
    worker.on('error', (error: Error) => void this.fail(worker, error));
    worker.on('exit', (code) => void this.fail(worker, new Error(`The worker that describes headers ended with code ${code}.`)));
    this.worker = worker;
    return worker;
  }

  private settle(answer: Answer): void {
    const pending = this.pending.get(answer.id);
    if (pending === undefined) return;
    this.pending.delete(answer.id);
    clearTimeout(pending.timer);
    if ('error' in answer) pending.reject(new Error(answer.error));
    else pending.resolve(received(answer.description));
    if (this.pending.size > 0) return;
    this.idle = setTimeout(() => void this.close(), this.options.idleMs);
    this.idle.unref();
    this.worker?.unref();
  }

  private async fail(worker: Worker, error: Error): Promise<void> {
    if (this.worker === worker) await this.stop(error);
  }

  private async stop(error: Error): Promise<void> {
    const { worker } = this;
    this.worker = undefined;
    clearTimeout(this.idle);
    for (const { reject, timer } of this.pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.pending.clear();
    await worker?.terminate();
  }
}

const shared = new DescribeWorker();

/** `describeInstance` that never holds the event loop for long; see `DescribeWorker.describe` for what becomes of `file`. */
export function describeInstanceAsync(file: ScannedFile): Promise<InstanceDescription> {
  return shared.describe(file);
}

/** Ends the shared thread, for an orderly shutdown. */
export function closeDescribeWorker(): Promise<void> {
  return shared.close();
}

/** Beside this file; run from source (tests), Node strips the types and from-source.mjs finds the relative imports. */
function startWorker(): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new Worker(new URL('./describe-worker.js', here));
  const loader = new URL('../from-source.mjs', here).href;
  return new Worker(new URL('./describe-worker.ts', here), { execArgv: ['--import', loader] });
}

function handedOver(file: ScannedFile): { file: ScannedFile; transfer: ArrayBuffer[] } {
  // A buffer of Node's pool belongs to others too and cannot be handed over; a larger one is the scanner's own.
  const own = file.kept.buffer.byteLength > Buffer.poolSize ? file.kept : Buffer.from(Uint8Array.from(file.kept).buffer);
  const { tags, vrs, depths, valueOffsets, lengths, kept, ends } = file.elements;
  const columns = [tags, vrs, depths, valueOffsets, lengths, kept, ends] satisfies ElementTable[Exclude<keyof ElementTable, 'count'>][];
  const transfer = [own.buffer as ArrayBuffer, ...columns.map((column) => column.buffer as ArrayBuffer)];
  return {
    file: {
      size: file.size, hasPreamble: file.hasPreamble, hasFileMeta: file.hasFileMeta, transferSyntaxUid: file.transferSyntaxUid,
      explicitVr: file.explicitVr, littleEndian: file.littleEndian, deflated: file.deflated, elements: file.elements, kept: own,
      pixelData: undefined, fragments: new Float64Array(0), basicOffsetTable: new Uint32Array(0),
    },
    transfer: [...new Set(transfer)],
  };
}

function received(description: InstanceDescription): InstanceDescription {
  const { json, marks, short } = description.metadata;
  return { ...description, metadata: { json: asBuffer(json), marks, ...(short && { short: asBuffer(short) }) } };
}

/** A Buffer arrives as a plain Uint8Array. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
