/** The store is away, full or failing; nothing was written and the call may be repeated. */
export class MetadataStoreUnavailableError extends Error {
  override readonly name = 'MetadataStoreUnavailableError';
  readonly retriable = true;
  constructor(cause: unknown) {
    super(`The metadata store is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}
