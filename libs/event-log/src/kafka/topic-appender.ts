import type { Message, Producer } from 'kafkajs';
import { EventLogUnavailableError } from '../errors.js';
import type { LogRecord } from '../event-log.js';
import type { Replaceable } from './replaceable.js';

/** Bytes of one record, and of one partition's records in one request: what `max.message.bytes` of our topics takes. */
export const MAX_BATCH_BYTES = 1_000_000;
/** Bytes of one request, over all partitions. */
const MAX_REQUEST_BYTES = 4 * MAX_BATCH_BYTES;
/** Offset, timestamp and lengths of a record, at most. */
const RECORD_OVERHEAD_BYTES = 64;
/** A request that takes longer no longer holds up records of other partitions. */
const SLOW_MS = 100;

interface Call {
  left: number;
  readonly settle: (error?: EventLogUnavailableError) => void;
}

interface Waiting {
  readonly partition: number;
  readonly message: Message;
  readonly bytes: number;
  readonly call: Call;
}

/**
 * Appends to one topic. What is appended while a request is under way goes together in the next one; a partition is in one
 * request at a time, for kafkajs takes the sequence number back when a try fails and would give it to another request,
 * which the broker then acknowledges as known without keeping it.
 */
export class TopicAppender {
  private waiting: Waiting[] = [];
  private readonly busy = new Set<number>();
  private prompt = false;
  private emptied: (() => void) | undefined;

  constructor(private readonly topic: string, private readonly producer: Replaceable<Producer>, private readonly deadlineMs: number) {}

  append(records: readonly (LogRecord & { readonly partition: number })[]): Promise<void> {
    const added = records.map(({ partition, key, headers, value }) => ({ partition, message: { partition, key, headers, value }, bytes: bytesOf(key, headers, value) }));
    const tooLarge = added.find(({ bytes }) => bytes > MAX_BATCH_BYTES);
    if (tooLarge) return Promise.reject(new RangeError(`A record of ${tooLarge.bytes} bytes is too large for ${this.topic}; allowed are ${MAX_BATCH_BYTES}.`));
    if (added.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // What has not been sent by now never is.
        this.waiting = this.waiting.filter((one) => one.call !== call);
        call.settle(new EventLogUnavailableError(new Error(`${this.topic} did not take it within ${this.deadlineMs} ms`)));
      }, this.deadlineMs);
      const call: Call = {
        left: added.length,
        settle: (error) => {
          clearTimeout(timer);
          if (error) reject(error);
          else resolve();
        },
      };
      for (const one of added) this.waiting.push({ ...one, call });
      this.sendNext();
    });
  }

  /** Resolves when nothing waits or is under way. */
  async idle(): Promise<void> {
    while (this.waiting.length > 0 || this.busy.size > 0) await new Promise<void>((resolve) => (this.emptied = resolve));
  }

  private sendNext(): void {
    if (this.prompt) return;
    const sent = this.takeWaiting();
    if (sent.length === 0) return;
    const partitions = new Set(sent.map(({ partition }) => partition));
    for (const partition of partitions) this.busy.add(partition);
    this.prompt = true;
    let slow = false;
    const others = setTimeout(() => {
      slow = true;
      this.prompt = false;
      this.sendNext();
    }, SLOW_MS);
    void this.send(sent, partitions).then((error) => {
      clearTimeout(others);
      if (!slow) this.prompt = false;
      for (const partition of partitions) this.busy.delete(partition);
      for (const { call } of sent) {
        if (error) call.settle(error);
        else if ((call.left -= 1) === 0) call.settle();
      }
      this.sendNext();
      this.emptied?.();
    });
  }

  private async send(sent: readonly Waiting[], partitions: ReadonlySet<number>): Promise<EventLogUnavailableError | undefined> {
    try {
      await this.producer.use(`Appending to ${this.topic}`, async (producer) => {
        const acknowledged = await producer.send({ topic: this.topic, acks: -1, timeout: this.deadlineMs, messages: sent.map(({ message }) => message) });
        // When a partition moves to a broker that has answered for others already, kafkajs leaves it out and resolves all the same.
        const answered = new Set(acknowledged.map(({ partition }) => partition));
        const missing = [...partitions].filter((partition) => !answered.has(partition));
        if (missing.length > 0) throw new Error(`partitions ${missing.join(', ')} of ${this.topic} were left out`);
      });
      return undefined;
    } catch (error) {
      return new EventLogUnavailableError(error);
    }
  }

  /** What goes into the next request, in order; it leaves what is of busy partitions, and what follows a record that has to wait. */
  private takeWaiting(): Waiting[] {
    const taken: Waiting[] = [];
    const left: Waiting[] = [];
    const held = new Set(this.busy);
    const filled = new Map<number, number>();
    let total = 0;
    for (const one of this.waiting) {
      const bytes = (filled.get(one.partition) ?? 0) + one.bytes;
      if (held.has(one.partition) || bytes > MAX_BATCH_BYTES || total + one.bytes > MAX_REQUEST_BYTES) {
        held.add(one.partition);
        left.push(one);
      } else {
        filled.set(one.partition, bytes);
        total += one.bytes;
        taken.push(one);
      }
    }
    this.waiting = left;
    return taken;
  }
}

function bytesOf(key: string, headers: Readonly<Record<string, string>>, value: Buffer): number {
  let bytes = RECORD_OVERHEAD_BYTES + Buffer.byteLength(key) + value.length;
  for (const [name, text] of Object.entries(headers)) bytes += 10 + Buffer.byteLength(name) + Buffer.byteLength(text);
  return bytes;
}
