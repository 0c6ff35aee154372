/** The command line cannot be carried out as it stands; the message says what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
