/** Buffers of the process are full for the moment. */
export class TooMuchAtOnceError extends Error {
  override readonly name = 'TooMuchAtOnceError';
  readonly retriable = true;
  constructor() {
    super('The server holds as many headers as it may at the moment.');
  }
}
