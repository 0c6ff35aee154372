import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type mongo } from 'mongoose';
import type { Logger } from '@isocenter/telemetry';
import { describeError, isMongoError } from './mongo-errors.js';
import type { RowDocument } from './documents.js';

/** The server answers an idle stream this often; it is known to be open then at the latest. */
const IDLE_MS = 1_000;
const OPEN_AGAIN_MS = 1_000;
/** Behind what came, the server is asked for more after this: under load many events are one answer, and one hint. */
const GATHER_MS = 50;
/** Sessions are used again; more than a process ever has at once. */
const MOST_SESSIONS = 1_000;

/**
 * Tells of changes that were committed: those of this process at once, those of others by a change stream, which is open
 * while somebody listens. After an outage it tells in any case, since nobody knows what came meanwhile.
 */
export class ChangeHints {
  private readonly hints = new EventEmitter().setMaxListeners(0);
  /** Of this process: what they wrote was told already. The stream names the session of every write in a transaction. */
  private readonly sessions = new Set<string>();
  private watching: AbortController | undefined;
  private running: Promise<void> = Promise.resolve();
  private isTold = false;

  constructor(private readonly changes: mongo.Collection<RowDocument>, private readonly log: Pick<Logger, 'warn'>) {}

  add(listener: () => void): () => void {
    this.hints.on('changes', listener);
    if (!this.watching) {
      const { signal } = (this.watching = new AbortController());
      this.running = this.running.then(() => this.watch(signal));
    }
    return () => {
      this.hints.off('changes', listener);
      if (this.hints.listenerCount('changes') === 0) this.stopWatching();
    };
  }

  markOwn(session: mongo.ClientSession): void {
    if (this.sessions.size >= MOST_SESSIONS) this.sessions.clear();
    this.sessions.add(sessionName(session.id));
  }

  tell(): void {
    this.hints.emit('changes');
  }

  async close(): Promise<void> {
    this.hints.removeAllListeners();
    this.stopWatching();
    await this.running;
  }

  private stopWatching(): void {
    this.watching?.abort();
    this.watching = undefined;
  }

  private async watch(signal: AbortSignal): Promise<void> {
    let isAway = false;
    while (!signal.aborted) {
      try {
        await this.follow(signal, () => {
          if (isAway) this.tell();
          isAway = false;
        });
      } catch (error) {
        if (signal.aborted) return;
        if (!isAway) this.log.warn({ reason: isMongoError(error) ? describeError(error) : String(error) }, 'changes of other processes are not told of for now; the stream is opened again');
        isAway = true;
        await pause(OPEN_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Reads the stream until it fails or is no longer wanted. */
  private async follow(signal: AbortSignal, onOpen: () => void): Promise<void> {
    const stream = this.changes.watch([{ $match: { operationType: { $in: ['insert', 'update', 'replace'] } } }, { $project: { lsid: 1 } }], { maxAwaitTimeMS: IDLE_MS });
    const close = (): void => void stream.close().catch(() => undefined);
    signal.addEventListener('abort', close, { once: true });
    try {
      if (signal.aborted) return;
      for (let isOpen = false; !signal.aborted;) {
        const event = (await stream.tryNext()) as { lsid?: mongo.ServerSessionId } | null;
        if (!isOpen) onOpen();
        isOpen = true;
        if (!event) continue;
        if (!(event.lsid && this.sessions.has(sessionName(event.lsid)))) this.tellSoon();
        if (stream.bufferedCount() === 0) await pause(GATHER_MS, undefined, { signal });
      }
    } finally {
      signal.removeEventListener('abort', close);
      close();
    }
  }

  /** A batch of events is one hint. */
  private tellSoon(): void {
    if (this.isTold) return;
    this.isTold = true;
    setImmediate(() => {
      this.isTold = false;
      this.tell();
    });
  }
}

function sessionName(id: mongo.ServerSessionId | undefined): string {
  return id ? id.id.toString('hex') : '';
}
