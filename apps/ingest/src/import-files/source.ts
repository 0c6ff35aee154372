/** What stands in a source: a file to import, one that is passed over, or one that cannot be read. */
export type Found =
  | { readonly name: string; readonly kind: 'file' | 'passed-over' }
  | { readonly name: string; readonly kind: 'unreadable'; readonly why: string };

/** What is imported from. Nothing in it is changed, and no name leads out of it. */
export interface Source {
  /** What stands below a folder of it ('' for all), behind the name `after`, always in the same order. Rejects with OperationFailedError when the folder or the source is not there. */
  list(folder: string, after: string): AsyncGenerator<Found>;
  /** The bytes of a file; chunks that nobody else looks at. Rejects, also while they come, with SourceFileError; with a retriable error while the source is away. */
  read(name: string): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** This file cannot be read, and the others may be. The text names no path. */
export class SourceFileError extends Error {
  override readonly name = 'SourceFileError';
}
