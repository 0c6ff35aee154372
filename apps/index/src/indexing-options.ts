import type { Logger } from '@isocenter/telemetry';

export const INDEXING_OPTIONS = Symbol('IndexingOptions');

export interface IndexingOptions {
  /** Milliseconds that objects of replaced and deleted versions stay: longer than any read. */
  readonly graceMs: number;
  /** Milliseconds until an undecided delete is void. */
  readonly deadlineMs: number;
  readonly log: Logger;
}
