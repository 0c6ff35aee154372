import type { StoragePlace } from '@isocenter/config';
import type { Logger } from '@isocenter/telemetry';

export interface RetrieveOptions {
  readonly exportDestinations: readonly StoragePlace[];
  readonly log: Logger;
}

/** Injection token of the options. */
export const RETRIEVE_OPTIONS = Symbol('RetrieveOptions');
