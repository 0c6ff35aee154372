import { setTimeout as pause } from 'node:timers/promises';
import { readAnswer } from './read-answer.js';
import { readFailure } from './read-failure.js';
import { type Attempt, type Outcome } from './outcome.js';
import { type Instance, type Sender } from './send-instance.js';

export interface StoreFile {
  readonly url: URL;
  readonly sender: Sender;
  readonly retries: number;
  /** Bytes on their way; negative when they have to be sent again. */
  readonly onSent: (bytes: number) => void;
  /** It will be tried again; why it has to be. */
  readonly onWait: (why: string) => void;
  /** Whether the archive stored anything since that moment, in milliseconds of `performance.now()`. */
  readonly storedSince: (ms: number) => boolean;
  /** Ends the waiting between attempts. */
  readonly stopping: AbortSignal;
  /** Ends a request as well. */
  readonly aborting: AbortSignal;
}

/** The run is over before the fate of the file is known; `why` is undefined when it was the user who ended it. */
export class RunEndedError extends Error {
  override readonly name = 'RunEndedError';

  constructor(readonly why?: string) {
    super(why ?? 'The run was ended.');
  }
}

/** A request that did not work may be the instance's own fault, which no patience mends. */
const MAX_BROKEN = 4;
const MAX_WAIT_MS = 30_000;

/**
 * Stores an instance, and repeats that while the archive cannot: the same bytes again are stored once, so nothing is lost when
 * the answer of an attempt was. Rejects with `RunEndedError`.
 */
export async function storeFile(instance: Instance, use: StoreFile): Promise<Outcome> {
  const begun = performance.now();
  for (let repeated = 0; ; repeated += 1) {
    const attempt = await attemptStore(instance, use);
    if (attempt.kind === 'hopeless') throw new RunEndedError(attempt.why);
    if (attempt.kind !== 'again') return attempt;
    if (repeated >= (attempt.because === 'away' ? use.retries : Math.min(use.retries, MAX_BROKEN))) return giveUp(attempt, repeated + 1, use.storedSince(begun));
    await wait(attempt, repeated, use);
  }
}

async function attemptStore(instance: Instance, { sender, url, onSent, aborting }: StoreFile): Promise<Attempt> {
  let sent = 0;
  const count = (bytes: number): void => {
    sent += bytes;
    onSent(bytes);
  };
  try {
    return readAnswer(await sender.send(instance, count, aborting));
  } catch (error) {
    if (aborting.aborted) throw new RunEndedError();
    return readFailure(error, url);
  } finally {
    // What is done counts as a whole file elsewhere.
    onSent(-sent);
  }
}

function giveUp({ because, why }: Extract<Attempt, { kind: 'again' }>, times: number, othersStored: boolean): Outcome {
  if (because === 'away' && !othersStored) throw new RunEndedError(`The archive could not store anything for too long: ${why}`);
  return { kind: 'failed', why: `${why} It was sent ${times} ${times === 1 ? 'time' : 'times'}.` };
}

/** As long as the archive wishes, and longer from time to time; not all requests wait for the same moment. */
async function wait({ why, afterMs = 0 }: Extract<Attempt, { kind: 'again' }>, repeated: number, { onWait, stopping }: StoreFile): Promise<void> {
  const backOff = Math.min(1000 * 2 ** Math.min(repeated, 10), MAX_WAIT_MS);
  const ms = Math.round(Math.max(afterMs, backOff / 2) + (Math.random() * backOff) / 2);
  onWait(why);
  await pause(ms, undefined, { signal: stopping }).catch(() => {
    throw new RunEndedError();
  });
}
