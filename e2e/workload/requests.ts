import type { Answer, Call } from '../support/http-call.js';
import { Contradiction } from './finding.js';

export type Operation = 'store' | 'delete' | 'search' | 'metadata' | 'bytes' | 'picture' | 'feed';

/** How a client reaches the archive. */
export interface Requests {
  /** The answer, or undefined when the connection ended before there was a whole one. Rejects where that must not be. */
  send(operation: Operation, path: string, options?: Call): Promise<Answer | undefined>;
}

/** Something that the archive needs is away: it certainly did not happen, and may be repeated later (I8). */
export const isRefused = ({ status }: Answer): boolean => status === 503 || status === 424;

/** The process that did it ended before it answered: it may have happened. */
const badGateway = 502;

/** The answer is not one that this request may get. */
export const wrongAnswer = (what: string, { status, body }: Answer): Contradiction =>
  new Contradiction('unanswered', `${what} was answered ${status}: ${body.toString('utf8', 0, 1000)}`);

/** What an answer leaves to be looked into; whether it happened otherwise. Throws when it is a refusal that does not say when to come again. */
export const settled = (what: string, answer: Answer | undefined): Answer | 'refused' | 'unsure' => {
  if (!answer || answer.status === badGateway) return 'unsure';
  if (!isRefused(answer)) return answer;
  if (!/^\d+$/.test(answer.headers['retry-after'] ?? '')) throw wrongAnswer(`${what} without Retry-After`, answer);
  return 'refused';
};
