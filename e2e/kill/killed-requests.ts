import { call, type Answer, type Call } from '../support/http-call.js';
import { isRefused, type Operation, type Requests } from '../workload/requests.js';

/** Requests to an archive that may be killed: only then may a connection end without an answer. */
export class KilledRequests implements Requests {
  /** Requests that were answered as asked for. */
  acknowledged = 0;
  unanswered = 0;
  refused = 0;

  constructor(private readonly baseUrl: string, private readonly isKilled: () => boolean = () => false) {}

  async send(_operation: Operation, path: string, options?: Call): Promise<Answer | undefined> {
    try {
      const answer = await call(`${this.baseUrl}${path}`, options);
      if (isRefused(answer)) this.refused += 1;
      else this.acknowledged += 1;
      return answer;
    } catch (error) {
      if (!this.isKilled()) throw error;
      this.unanswered += 1;
      return undefined;
    }
  }
}
