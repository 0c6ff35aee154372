import { appendFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { call, type Answer, type Call } from '../support/http-call.js';
import { isRefused, type Operation, type Requests } from '../workload/requests.js';

/**
 * `refused`: 503 or 424, it certainly did not happen. `unknown`: 502, the process that did it ended. `unanswered`: the
 * connection ended. `hung`: nothing came for longer than any fault lasts.
 */
export type RequestOutcome = 'answered' | 'refused' | 'unknown' | 'unanswered' | 'hung';

/** A line of the client log; times in milliseconds since 1970. */
export interface RequestRecord {
  readonly client: number;
  readonly operation: Operation;
  readonly began: number;
  readonly ended: number;
  readonly outcome: RequestOutcome;
  readonly status: number | undefined;
}

export interface ClientOptions {
  readonly client: number;
  readonly gateways: readonly string[];
  /** How long an answer may take. */
  readonly patienceMs: number;
  readonly log: RequestLog;
}

/** What was refused is asked for again soon, so that it is seen how fast the archive is back. */
const askAgainAfterMs = 100;

/** All requests of all clients, in a file and for the checks of the fault that is on. */
export class RequestLog {
  readonly counts: Record<RequestOutcome, number> = { answered: 0, refused: 0, unknown: 0, unanswered: 0, hung: 0 };
  /** Since `forget`. */
  records: RequestRecord[] = [];

  constructor(private readonly file: string) {}

  add(record: RequestRecord, path: string): void {
    this.counts[record.outcome] += 1;
    this.records.push(record);
    appendFileSync(this.file, `${JSON.stringify({ at: new Date(record.began).toISOString(), ms: record.ended - record.began, ...record, path })}\n`);
  }

  forget(): void {
    this.records = [];
  }
}

/** One client: asks one gateway, as behind a balancer, and another one when the connection breaks. */
export class ClientRequests implements Requests {
  #gateway: number;

  constructor(private readonly options: ClientOptions) {
    this.#gateway = options.client;
  }

  async send(operation: Operation, path: string, options: Call = {}): Promise<Answer | undefined> {
    const { client, gateways, patienceMs, log } = this.options;
    const began = Date.now();
    const ended = (outcome: RequestOutcome, status?: number): void => log.add({ client, operation, began, ended: Date.now(), outcome, status }, `${options.method ?? 'GET'} ${path}`);
    let answer: Answer | undefined;
    try {
      answer = await call(`${gateways[this.#gateway % gateways.length]}${path}`, { ...options, timeoutMs: patienceMs });
      ended(outcomeOf(answer), answer.status);
    } catch {
      ended(Date.now() - began >= patienceMs ? 'hung' : 'unanswered');
      this.#gateway += 1;
    }
    if (!answer || outcomeOf(answer) !== 'answered') await pause(askAgainAfterMs);
    return answer;
  }
}

const outcomeOf = (answer: Answer): RequestOutcome => (isRefused(answer) ? 'refused' : answer.status === 502 ? 'unknown' : 'answered');
