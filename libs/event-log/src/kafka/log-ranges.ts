import type { Admin } from 'kafkajs';
import { setTimeout as pause } from 'node:timers/promises';
import { EventLogUnavailableError } from '../errors.js';
import type { Replaceable } from './replaceable.js';

const RETRY_FIRST_MS = 50;
const RETRY_LAST_MS = 800;

/** Offsets of the first record of a partition that is left, and of the next that is appended. */
export interface LogRange {
  readonly first: number;
  readonly end: number;
}

/** What a topic's partitions hold. Rejects with EventLogUnavailableError. Who asks at the same time shares one request, made after all of them asked. */
export class LogRanges {
  private asking: Promise<unknown> = Promise.resolve();
  private next: Promise<ReadonlyMap<number, LogRange>> | undefined;

  constructor(private readonly topic: string, private readonly admin: Replaceable<Admin>) {}

  read(): Promise<ReadonlyMap<number, LogRange>> {
    return (this.next ??= this.afterPresent());
  }

  private async afterPresent(): Promise<ReadonlyMap<number, LogRange>> {
    await this.asking;
    this.next = undefined;
    const answer = this.ask();
    this.asking = answer.catch(() => undefined);
    return answer;
  }

  private async ask(): Promise<ReadonlyMap<number, LogRange>> {
    const offsets = await this.fetchOffsets();
    return new Map(offsets.map(({ partition, low, high }) => [partition, { first: Number(low), end: Number(high) }]));
  }

  /** A new topic or a change of leaders passes soon; kafkajs gives up at once, and keeps to the leaders that it knows. */
  private async fetchOffsets(): Promise<Awaited<ReturnType<Admin['fetchTopicOffsets']>>> {
    for (let pauseMs = RETRY_FIRST_MS; ; pauseMs *= 2) {
      try {
        return await this.admin.use(`Asking for the offsets of ${this.topic}`, (admin) => admin.fetchTopicOffsets(this.topic));
      } catch (error) {
        if (pauseMs > RETRY_LAST_MS) throw new EventLogUnavailableError(error);
        await pause(pauseMs);
      }
    }
  }
}
