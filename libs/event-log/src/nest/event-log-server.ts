import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import type { Consumer, EventLog, LogBatch, Progress } from '../event-log.js';
import type { TopicSpec } from '../topics.js';

/** Transport of `@OnTopic(topic)` handlers. */
export const EVENT_LOG = Symbol('event-log');

export interface ConsumedTopic {
  readonly topic: TopicSpec;
  /** As in `ConsumeOptions`. */
  readonly group: string;
  readonly from: Progress | 'latest';
  readonly maxBatchBytes: number;
}

export interface EventLogServerOptions {
  readonly eventLog: EventLog;
  /** What the service's handlers consume; a handler of another topic is an error at start. */
  readonly topics: readonly ConsumedTopic[];
  readonly onError: (error: Error, where: { topic: string; partition: number }) => void;
}

/**
 * The one Nest transport over the log port. A handler is `@OnTopic(topic) (batch: LogBatch)`; it resolves when the batch
 * is done, or rejects to get it again.
 */
export class EventLogServer extends Server implements CustomTransportStrategy {
  override readonly transportId = EVENT_LOG;
  override readonly propagatesEventHandlerErrors = true;
  private consumers: Consumer[] = [];

  constructor(private readonly options: EventLogServerOptions) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.start().then(() => callback(), callback);
  }

  async close(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stop()));
    this.consumers = [];
  }

  on(): void {
    throw new Error('The event log has no connection events; ask EventLog.ping().');
  }

  unwrap<T>(): T {
    return this.options.eventLog as T;
  }

  private async start(): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) {
      const consumed = this.options.topics.find(({ topic }) => topic.name === pattern);
      if (!consumed) throw new Error(`No topic is configured for the handler of '${pattern}'.`);
      this.consumers.push(await this.options.eventLog.consume(consumed.topic, {
        group: consumed.group,
        from: consumed.from,
        maxBatchBytes: consumed.maxBatchBytes,
        onError: this.options.onError,
        onBatch: async (batch: LogBatch) => {
          const result: unknown = await handler(batch);
          // Nest wraps the handler's promise in an observable; its failure is the batch's.
          if (isSubscribable(result)) await new Promise<void>((resolve, reject) => result.subscribe({ error: reject, complete: resolve }));
        },
      }));
    }
  }
}

interface Subscribable {
  subscribe(observer: { error: (error: unknown) => void; complete: () => void }): unknown;
}

function isSubscribable(value: unknown): value is Subscribable {
  return typeof (value as Subscribable | undefined)?.subscribe === 'function';
}
