import type { Logger } from '@isocenter/telemetry';

export const INGEST_OPTIONS = Symbol('IngestOptions');

export interface IngestOptions {
  /** Store requests that are read at the same time; one more gets 503. */
  readonly maxConcurrentUploads: number;
  readonly maxParts: number;
  /** Largest request outside the Azure dialect. */
  readonly maxUploadBytes: number;
  readonly maxHeaderBytes: number;
  /** Bytes of headers that all uploads of the process hold together. */
  readonly bufferBudgetBytes: number;
  /** Milliseconds until an undecided store is void. */
  readonly deadlineMs: number;
  readonly log: Logger;
}
