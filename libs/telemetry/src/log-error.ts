/** What the log holds of an error: never the whole object, whose extra fields may be data of a request. */
export interface LoggedError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly stack?: string;
  readonly cause?: LoggedError;
}

const causesLogged = 3;

export function logError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { name: typeof error, message: 'something that is no Error was thrown' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    ...(code !== undefined && { code }),
    // V8 quotes the text that JSON.parse could not read: that is the request body.
    message: error instanceof SyntaxError ? 'text that cannot be parsed (not logged)' : error.message,
    ...(error.stack !== undefined && { stack: framesOf(error.stack) }),
    ...(error.cause !== undefined && depth < causesLogged && { cause: logError(error.cause, depth + 1) }),
  };
}

/** The frames without the head line, which repeats the message. */
function framesOf(stack: string): string {
  return stack.split('\n').filter((line) => line.startsWith('    at ')).join('\n');
}
