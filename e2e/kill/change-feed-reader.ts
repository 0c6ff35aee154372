import { call } from '../support/http-call.js';
import { WrongAnswer } from './send-changes.js';

export interface FeedEntry {
  readonly sequence: number;
  readonly action: string;
  readonly state: string;
  readonly timestamp: string;
  readonly sopInstanceUid: string;
}

const pageSize = 200;

/**
 * Reads the feed while work goes on, as analytics would. What it has been shown must never change: a number that left the
 * process was synced before (DESIGN, life of an upload, step 6).
 */
export class ChangeFeedReader {
  readonly #seen: string[] = [];

  #baseUrl = '';
  #mayBreak: () => boolean = () => false;

  /** After a restart the archive is at another address; `mayBreak` as in `ChangeSender`. */
  follow(baseUrl: string, mayBreak: () => boolean): void {
    this.#baseUrl = baseUrl;
    this.#mayBreak = mayBreak;
  }

  get shown(): number {
    return this.#seen.length;
  }

  /** One page behind what was read already. */
  async readOn(): Promise<void> {
    try {
      this.#remember(await this.#page(this.#seen.length));
    } catch (error) {
      if (!this.#mayBreak()) throw error;
    }
  }

  /** The whole feed; throws when it is not gapless from 1, goes back in time, or differs from what was shown before. */
  async readAll(): Promise<FeedEntry[]> {
    const entries: FeedEntry[] = [];
    for (;;) {
      const page = await this.#page(entries.length);
      entries.push(...page);
      if (page.length < pageSize) break;
    }
    entries.forEach((entry, at) => {
      if (entry.sequence !== at + 1) throw new Error(`The feed has sequence ${entry.sequence} where ${at + 1} is due.`);
      const before = entries[at - 1];
      if (before && !(before.timestamp < entry.timestamp)) throw new Error(`Timestamps do not increase at sequence ${entry.sequence}: ${before.timestamp}, ${entry.timestamp}.`);
      const seen = this.#seen[at];
      if (seen !== undefined && seen !== lasting(entry)) throw new Error(`Sequence ${entry.sequence} was ${seen} and is ${lasting(entry)}.`);
    });
    if (entries.length < this.#seen.length) throw new Error(`The feed ended at ${this.#seen.length} and ends at ${entries.length}.`);
    this.#remember(entries.slice(this.#seen.length));
    return entries;
  }

  #remember(entries: readonly FeedEntry[]): void {
    for (const entry of entries) {
      // Another lane may have read the same page.
      if (entry.sequence === this.#seen.length + 1) this.#seen.push(lasting(entry));
      else if (entry.sequence > this.#seen.length) throw new Error(`The feed has sequence ${entry.sequence} where ${this.#seen.length + 1} is due.`);
      else if (this.#seen[entry.sequence - 1] !== lasting(entry)) throw new Error(`Sequence ${entry.sequence} was ${this.#seen[entry.sequence - 1]} and is ${lasting(entry)}.`);
    }
  }

  async #page(offset: number): Promise<FeedEntry[]> {
    const answer = await call(`${this.#baseUrl}/v2/changefeed?offset=${offset}&limit=${pageSize}&includeMetadata=false`);
    if (answer.status !== 200) throw new WrongAnswer('The change feed', answer);
    return JSON.parse(answer.body.toString('utf8')) as FeedEntry[];
  }
}

/** Everything but the state, which later changes of the same instance move. */
const lasting = ({ action, timestamp, sopInstanceUid }: FeedEntry): string => `${action} of ${sopInstanceUid} at ${timestamp}`;
