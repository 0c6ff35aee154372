import type { Logger } from '@isocenter/telemetry';
import { setTimeout as pause } from 'node:timers/promises';

/** Pauses between tries, in milliseconds: short at first, then so that nobody waits long when the server is back. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

export interface Patience {
  readonly log: Logger;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  readonly onAway?: (problem: Error) => void;
}

/**
 * Tries until it succeeds, while it fails with what says `retriable`: a server that is away when the process starts does not
 * end the process. Kubernetes would start that anew, but after a pause that grows to five minutes, and count it as a crash;
 * so it is back within seconds of its server, and `/health/ready` says meanwhile what it waits for. Rejects with what waiting
 * cannot mend, a wrong password or a topic with another number of partitions, or when the signal ends it.
 */
export async function untilThere<T>(what: string, action: () => Promise<T>, { log, signal, onAway }: Patience): Promise<T> {
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  aborted.catch(() => undefined);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    signal.throwIfAborted();
    try {
      // A try may itself wait for seconds; whoever is to stop does not.
      return await Promise.race([action(), aborted]);
    } catch (error) {
      if ((error as { retriable?: boolean }).retriable !== true) throw error;
      onAway?.(error as Error);
      log.warn({ err: error, dependency: what }, 'a dependency is away; tried again soon');
    }
    await pause(pauseMs, undefined, { signal });
  }
}
