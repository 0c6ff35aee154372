/**
 * The root of every error that a client may see. `text` is one sentence for the client: it names the parameter,
 * its value where that cannot be patient data, and what is allowed. Causes stay in the log.
 */
export abstract class IsocenterError extends Error {
  /** HTTP status of the answer. */
  abstract readonly status: number;
  /** Whether the same request may succeed later without a change. */
  readonly retriable: boolean = false;
  readonly retryAfterSeconds?: number;
  /** Extra response headers that the status demands. */
  readonly headers: Readonly<Record<string, string>> = {};

  constructor(readonly text: string, options?: ErrorOptions) {
    super(text, options);
  }

  override get name(): string {
    return this.constructor.name;
  }

  /** `NotFound` is `NOT_FOUND`. */
  get code(): string {
    return this.constructor.name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  }
}
