export class UnreadableCommandError extends Error {
  override readonly name = 'UnreadableCommandError';
  constructor(what: string, cause?: unknown) {
    super(`A command in the log cannot be read: ${what}.`, { cause });
  }
}
