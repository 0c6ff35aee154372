/** An operation cannot go on, and trying again would not help. The text is told to who asks for it: it holds no patient data. */
export class OperationFailedError extends Error {
  override readonly name = 'OperationFailedError';
  readonly retriable = false;
}
