import type { StoragePlace } from '@isocenter/config';
import type { ByteBudget } from '@isocenter/object-store';
import type { Logger } from '@isocenter/telemetry';

export const INGEST_OPTIONS = Symbol('IngestOptions');

export interface IngestOptions {
  /** Store requests that are read at the same time; one more gets 503. */
  readonly maxConcurrentUploads: number;
  readonly maxParts: number;
  /** Largest request outside the Azure dialect. */
  readonly maxUploadBytes: number;
  readonly maxHeaderBytes: number;
  /** Of the headers that all uploads of the process hold, and of the parts on their way to the object store. */
  readonly budget: ByteBudget;
  /** Milliseconds that objects which are no longer needed stay: longer than any read. */
  readonly graceMs: number;
  /** Milliseconds until an undecided store is void. */
  readonly deadlineMs: number;
  /** What may be imported from. */
  readonly importSources: readonly StoragePlace[];
  readonly log: Logger;
}
