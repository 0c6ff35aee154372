/**
 * What a store can fail with. Keys hold UIDs, so they are a property and never part of a text that may be logged.
 * `retriable` says whether the same call may succeed later without anybody changing the call.
 */
export abstract class ObjectStoreError extends Error {
  abstract readonly code: string;
  abstract readonly retriable: boolean;

  constructor(message: string, readonly key?: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

export class ObjectNotFoundError extends ObjectStoreError {
  readonly code = 'OBJECT_NOT_FOUND';
  readonly retriable = false;

  constructor(key: string, options?: ErrorOptions) {
    super('The object store has no object under the key that was asked for.', key, options);
  }
}

/** Objects are write-once (invariant I5): a new version is a new key. */
export class ObjectExistsError extends ObjectStoreError {
  readonly code = 'OBJECT_EXISTS';
  readonly retriable = false;

  constructor(key: string, options?: ErrorOptions) {
    super('The object store already has an object under this key; objects are never overwritten.', key, options);
  }
}

/** The object ends before the range that was asked for does: a wrong range, or a damaged object. */
export class ObjectTruncatedError extends ObjectStoreError {
  readonly code = 'OBJECT_TRUNCATED';
  readonly retriable = false;

  constructor(key: string, expected: number, found: number) {
    super(`The object ends early: ${expected} bytes were asked for, ${found} are there.`, key);
  }
}

/** The store refuses this object and not others: its own permissions, or it is in cold storage. */
export class ObjectUnreadableError extends ObjectStoreError {
  readonly code = 'OBJECT_UNREADABLE';
  readonly retriable = false;

  constructor(key: string, reason: string, options?: ErrorOptions) {
    super(`The object cannot be read: ${reason}.`, key, options);
  }
}

/** The settings name a store that cannot be used: a wrong key, a bucket that may not be read or created. Waiting does not help. */
export class ObjectStoreSettingsError extends ObjectStoreError {
  readonly code = 'OBJECT_STORE_SETTINGS';
  readonly retriable = false;

  constructor(message: string, options?: ErrorOptions) {
    super(message, undefined, options);
  }
}

/** Disk full, I/O error, no answer from the server: the request may be repeated when the store is back (invariant I8). */
export class ObjectStoreUnavailableError extends ObjectStoreError {
  readonly code = 'OBJECT_STORE_UNAVAILABLE';
  readonly retriable = true;

  constructor(doing: string, reason: string, key?: string, options?: ErrorOptions) {
    super(`The object store is not available: ${doing} failed with ${reason}.`, key, options);
  }
}
