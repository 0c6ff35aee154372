import type { SqlRow, StandaloneFile } from '@isocenter/standalone-file';
import { setTimeout as pause } from 'node:timers/promises';
import { OffsetOutsideLogError } from '../errors.js';
import type { ConsumeOptions, LogBatch, StoredRecord } from '../event-log.js';
import { FreshRecords } from './fresh-records.js';

/** Rows looked at for one batch. */
const BATCH_RECORDS = 256;
const RETRY_FIRST_MS = 20;
const RETRY_MAX_MS = 2_000;

/** One consumer of one partition: hands over batches from `next` on, one at a time. */
export class PartitionConsumer {
  /** Offsets below were handled; -1 before the consumer has started. */
  passed = -1;
  private readonly stopping = new AbortController();
  private retryMs = RETRY_FIRST_MS;
  private running: Promise<void> = Promise.resolve();
  private wakeUp: (() => void) | undefined;
  private awake = true;
  private readonly fresh = new FreshRecords();
  /** End of the log as far as it is known here: only this process appends, and it tells what it appended. */
  private knownEnd = -1;

  constructor(
    private readonly file: StandaloneFile,
    private readonly topic: string,
    private readonly partition: number,
    private readonly options: ConsumeOptions,
    private readonly afterBatch: () => void,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** A record that was just appended: spared the way through the file while the consumer keeps up. */
  offer(record: StoredRecord): void {
    this.fresh.push(record);
    this.knownEnd = record.offset + 1;
    this.wake();
  }

  wake(): void {
    this.awake = true;
    this.wakeUp?.();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.consume();
        return;
      } catch (error) {
        this.options.onError(error as Error, { topic: this.topic, partition: this.partition });
        if (error instanceof OffsetOutsideLogError) return;
        // Rejects when the consumer is stopped meanwhile.
        await pause(this.retryMs, undefined, { ref: false, signal }).catch(() => undefined);
        this.retryMs = Math.min(this.retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  private async consume(): Promise<void> {
    let next = await this.firstOffset();
    while (!this.stopping.signal.aborted) {
      this.passed = next;
      this.awake = false;
      const batch = this.readBatch(next);
      if (batch) {
        await this.options.onBatch(batch);
        next = batch.end;
        this.passed = next;
        this.retryMs = RETRY_FIRST_MS;
        this.afterBatch();
      } else {
        await this.untilWoken();
      }
    }
  }

  private async firstOffset(): Promise<number> {
    const end = this.logEnd();
    if (this.options.from === 'latest') return this.passed < 0 ? end : this.passed;
    const next = await this.options.from.read(this.partition);
    const first = Number(this.file.read('SELECT COALESCE(MIN(offset), ?) AS first FROM log_records WHERE topic = ? AND partition = ?', [end, this.topic, this.partition])[0]!.first);
    if (next > end || next < first) throw new OffsetOutsideLogError(this.topic, this.partition, next, { first, end });
    return next;
  }

  private logEnd(): number {
    return Number(this.file.read('SELECT next FROM log_partitions WHERE topic = ? AND partition = ?', [this.topic, this.partition])[0]!.next);
  }

  private readBatch(next: number): LogBatch | undefined {
    const fresh = this.fresh.take(next, BATCH_RECORDS, this.options.maxBatchBytes);
    if (fresh.length > 0) return { topic: this.topic, partition: this.partition, first: next, end: next + fresh.length, records: fresh };
    if (next === this.knownEnd) return undefined;
    const records: StoredRecord[] = [];
    let bytes = 0;
    for (const row of this.file.iterate('SELECT offset, key, headers, value FROM log_records WHERE topic = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?', [this.topic, this.partition, next, BATCH_RECORDS])) {
      const record = storedRecord(row);
      if (record.offset !== next + records.length) throw new OffsetOutsideLogError(this.topic, this.partition, next + records.length, { first: record.offset, end: this.logEnd() });
      bytes += record.value.length;
      if (records.length > 0 && bytes > this.options.maxBatchBytes) break;
      records.push(record);
    }
    if (records.length === 0) return undefined;
    return { topic: this.topic, partition: this.partition, first: next, end: next + records.length, records };
  }

  private async untilWoken(): Promise<void> {
    if (this.awake || this.stopping.signal.aborted) return;
    await new Promise<void>((resolve) => (this.wakeUp = resolve));
    this.wakeUp = undefined;
  }
}

function storedRecord({ offset, key, headers, value }: SqlRow): StoredRecord {
  const { buffer, byteOffset, byteLength } = value as Uint8Array;
  return { offset: Number(offset), key: String(key), headers: JSON.parse(String(headers)) as Record<string, string>, value: Buffer.from(buffer, byteOffset, byteLength) };
}
