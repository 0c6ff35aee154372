import type { Logger } from '@isocenter/telemetry';

export const CHANGE_FEED_OPTIONS = Symbol('ChangeFeedOptions');

export interface ChangeFeedOptions {
  /** Milliseconds after which an open journal segment is closed. */
  readonly journalIntervalMs: number;
  readonly log: Logger;
}
