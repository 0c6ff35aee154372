import { Contradiction } from './finding.js';
import { settled, wrongAnswer, type Requests } from './requests.js';

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

  get shown(): number {
    return this.#seen.length;
  }

  /** One page behind what was read already. */
  async readOn(requests: Requests): Promise<void> {
    const page = await this.#page(requests, this.#seen.length);
    if (page) this.#remember(page);
  }

  /** The whole feed, while nothing is away. Throws when it is not gapless from 1, goes back in time, or differs from what was shown before. */
  async readAll(requests: Requests): Promise<FeedEntry[]> {
    const entries: FeedEntry[] = [];
    for (;;) {
      const page = await this.#page(requests, entries.length);
      if (!page) throw new Contradiction('unanswered', 'A page of the change feed was not answered, while nothing was away.');
      entries.push(...page);
      if (page.length < pageSize) break;
    }
    entries.forEach((entry, at) => {
      if (entry.sequence !== at + 1) throw outOfOrder(entry, at + 1);
      const before = entries[at - 1];
      if (before && !(before.timestamp < entry.timestamp)) throw new Contradiction('altered', `Timestamps do not increase at sequence ${entry.sequence}: ${before.timestamp}, ${entry.timestamp}.`);
      const seen = this.#seen[at];
      if (seen !== undefined && seen !== lasting(entry)) throw changed(entry, seen);
    });
    if (entries.length < this.#seen.length) throw new Contradiction('lost', `The feed ended at ${this.#seen.length} and ends at ${entries.length}.`);
    this.#remember(entries.slice(this.#seen.length));
    return entries;
  }

  #remember(entries: readonly FeedEntry[]): void {
    for (const entry of entries) {
      const seen = this.#seen[entry.sequence - 1];
      // Another lane may have read the same page.
      if (entry.sequence === this.#seen.length + 1) this.#seen.push(lasting(entry));
      else if (seen === undefined) throw outOfOrder(entry, this.#seen.length + 1);
      else if (seen !== lasting(entry)) throw changed(entry, seen);
    }
  }

  /** Undefined when it was refused, or not answered. */
  async #page(requests: Requests, offset: number): Promise<FeedEntry[] | undefined> {
    const answer = settled('The change feed', await requests.send('feed', `/v2/changefeed?offset=${offset}&limit=${pageSize}&includeMetadata=false`));
    if (answer === 'refused' || answer === 'unsure') return undefined;
    if (answer.status !== 200) throw wrongAnswer('The change feed', answer);
    return JSON.parse(answer.body.toString('utf8')) as FeedEntry[];
  }
}

/** Everything but the state, which later changes of the same instance move. */
const lasting = ({ action, timestamp, sopInstanceUid }: FeedEntry): string => `${action} of ${sopInstanceUid} at ${timestamp}`;

const outOfOrder = ({ sequence }: FeedEntry, due: number): Contradiction =>
  new Contradiction(sequence < due ? 'duplicate' : 'gap', `The feed has sequence ${sequence} where ${due} is due.`);

const changed = (entry: FeedEntry, seen: string): Contradiction => new Contradiction('altered', `Sequence ${entry.sequence} was ${seen} and is ${lasting(entry)}.`);
