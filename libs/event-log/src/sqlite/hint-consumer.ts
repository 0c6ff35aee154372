import type { ConsumeOptions, StoredRecord } from '../event-log.js';

/** A consumer of a topic of hints: gets what is appended while it runs, from memory. What its handler rejects is lost, as a hint may be. */
export class HintConsumer {
  private waiting: StoredRecord[] = [];
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly topic: string, private readonly options: ConsumeOptions) {}

  offer(records: readonly StoredRecord[]): void {
    if (this.stopped) return;
    this.waiting.push(...records);
    this.running ??= this.run().finally(() => (this.running = undefined));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.waiting = [];
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      const records = this.waiting;
      this.waiting = [];
      try {
        await this.options.onBatch({ topic: this.topic, partition: 0, first: records[0]!.offset, end: records.at(-1)!.offset + 1, records });
      } catch (error) {
        this.options.onError(error as Error, { topic: this.topic, partition: 0 });
      }
    }
  }
}
