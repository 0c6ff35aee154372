import type { Batch, KafkaMessage } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { OffsetOutsideLogError } from '../errors.js';
import type { ConsumeOptions, StoredRecord } from '../event-log.js';
import type { LogRange, LogRanges } from './log-ranges.js';

/** Records of one batch at most. */
const BATCH_RECORDS = 256;
/** Bytes of values that wait here before the partition is fetched no further, and below which it is again. */
const FULL_BYTES = 1024 * 1024;
const ROOM_BYTES = FULL_BYTES / 2;
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 2_000;
/** How often a consumer that stands outside the log says so. */
const ALARM_MS = 60_000;
/** So many times in a row what was fetched from `next` on began behind it: what should be between is not in the log. */
const HOLES_MAX = 8;

/** What the group's consumer does with the fetches of one partition. */
export interface Fetching {
  pause(partition: number): void;
  resume(partition: number): void;
  goOnAt(partition: number, offset: number): void;
}

/**
 * One partition of a consumer, through all its assignments: takes what is fetched, hands it over batch by batch. While it is
 * assigned it always is in one of two states: fetching, from `expected` on; or paused, to find out where to go on.
 */
export class PartitionConsumer {
  private assignment = new AbortController();
  private running: Promise<void> = Promise.resolve();
  /** Offset of the next record to be fetched; undefined while what is fetched is not wanted. */
  private expected: number | undefined;
  private waiting: StoredRecord[] = [];
  private waitingBytes = 0;
  private full = false;
  private holes = 0;
  private outside: OffsetOutsideLogError | undefined;
  private wakeUp: (() => void) | undefined;

  constructor(
    private readonly topic: string,
    private readonly partition: number,
    private readonly options: ConsumeOptions,
    private readonly ranges: Pick<LogRanges, 'read'>,
    private readonly fetching: Fetching,
    /** Where a consumer from the latest on stands. */
    private latest: number,
  ) {
    this.assignment.abort();
  }

  /** The partition is this consumer's, and paused. What an earlier assignment has in hand is finished first. */
  assign(): void {
    this.revoke();
    const { signal } = (this.assignment = new AbortController());
    this.running = this.running.then(() => this.run(signal));
  }

  /** What is in hand goes on: whether it still counts is decided where `next` is moved. */
  revoke(): void {
    this.assignment.abort();
    this.forget();
  }

  async stop(): Promise<void> {
    this.revoke();
    await this.running;
  }

  /** A fetched batch. It counts when it begins where the last one ended: kafkajs hands over some from before a seek, and resets silently. */
  offer({ messages }: Batch): void {
    for (const message of messages) {
      if (this.expected === undefined) return;
      if (Number(message.offset) !== this.expected) return this.goAstray(Number(message.offset) > this.expected);
      const record = storedRecord(message);
      this.waiting.push(record);
      this.waitingBytes += record.value.length;
      this.expected += 1;
      this.holes = 0;
    }
    if (this.waitingBytes > FULL_BYTES && !this.full) {
      this.full = true;
      this.fetching.pause(this.partition);
    }
    this.wakeUp?.();
  }

  /** Where the fetch goes on; undefined while it does not. */
  get position(): number | undefined {
    return this.expected;
  }

  /** Begins again at `next`, which finds out what is wrong, when the position is outside the log. */
  check(position: number, { first, end }: LogRange): void {
    if (this.expected !== undefined && (this.expected < first || position > end)) this.goAstray(false);
  }

  private async run(signal: AbortSignal): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    while (!signal.aborted) {
      try {
        if (this.outside) throw this.outside;
        const next = await this.findNext();
        if (signal.aborted) return;
        this.expected = next;
        this.fetching.goOnAt(this.partition, next);
        await this.handOver(signal, next, () => (retryMs = RETRY_FIRST_MS));
      } catch (error) {
        if (!signal.aborted) {
          this.forget();
          this.fetching.pause(this.partition);
        }
        if (error instanceof OffsetOutsideLogError) this.outside = error;
        this.options.onError(error as Error, { topic: this.topic, partition: this.partition });
      }
      // Rejects when the partition is taken away meanwhile.
      await pause(this.outside ? ALARM_MS : retryMs, undefined, { ref: false, signal }).catch(() => undefined);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    }
  }

  private async findNext(): Promise<number> {
    const { from } = this.options;
    // In this order: progress moves on, and the log's end with it.
    const next = from === 'latest' ? this.latest : await from.read(this.partition);
    const range = (await this.ranges.read()).get(this.partition);
    if (!range) throw new Error(`Topic ${this.topic} has no partition ${this.partition}.`);
    if (next >= range.first && next <= range.end && this.holes < HOLES_MAX) return next;
    if (from !== 'latest') throw new OffsetOutsideLogError(this.topic, this.partition, next, range);
    this.holes = 0;
    return (this.latest = range.end);
  }

  /** Until the partition is taken away, or what is fetched begins elsewhere. */
  private async handOver(signal: AbortSignal, from: number, passed: () => void): Promise<void> {
    let next = from;
    while (!signal.aborted) {
      const records = this.take();
      if (records.length > 0) {
        const end = next + records.length;
        await this.options.onBatch({ topic: this.topic, partition: this.partition, first: next, end, records });
        next = this.latest = end;
        passed();
      } else if (this.expected === undefined) {
        return;
      } else {
        await new Promise<void>((resolve) => (this.wakeUp = resolve));
        this.wakeUp = undefined;
      }
    }
  }

  private take(): StoredRecord[] {
    let count = 0;
    let bytes = 0;
    while (count < this.waiting.length && count < BATCH_RECORDS) {
      const size = this.waiting[count]!.value.length;
      if (count > 0 && bytes + size > this.options.maxBatchBytes) break;
      bytes += size;
      count += 1;
    }
    this.waitingBytes -= bytes;
    const taken = this.waiting.splice(0, count);
    if (this.full && this.expected !== undefined && this.waitingBytes < ROOM_BYTES) {
      this.full = false;
      this.fetching.resume(this.partition);
    }
    return taken;
  }

  /** What was taken in order is still handed over; then it begins again. */
  private goAstray(hole: boolean): void {
    if (hole) this.holes += 1;
    this.expected = undefined;
    this.full = false;
    this.fetching.pause(this.partition);
    this.wakeUp?.();
  }

  private forget(): void {
    this.expected = undefined;
    this.full = false;
    this.waiting = [];
    this.waitingBytes = 0;
    this.wakeUp?.();
  }
}

function storedRecord({ offset, key, headers, value }: KafkaMessage): StoredRecord {
  return {
    offset: Number(offset),
    key: key?.toString() ?? '',
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(Array.isArray(text) ? text[0] : text)])),
    value: value ?? Buffer.alloc(0),
  };
}
