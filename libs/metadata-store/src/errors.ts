/** The store is away, full or failing; nothing was written and the call may be repeated. */
export class MetadataStoreUnavailableError extends Error {
  override readonly name = 'MetadataStoreUnavailableError';
  readonly retriable = true;
  constructor(cause: unknown) {
    super(`The metadata store is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The store refused a row for its content, or a unique key outside the transaction's conditions; nothing was written, and it would be refused again. */
export class TransactionRefusedError extends Error {
  override readonly name = 'TransactionRefusedError';
  readonly retriable = false;
  constructor(cause: unknown) {
    super(`The metadata store refused a transaction: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/** The server of the store cannot be used as it is set up: waiting does not mend it. */
export class MetadataStoreSetupError extends Error {
  override readonly name = 'MetadataStoreSetupError';
  readonly retriable = false;
}
