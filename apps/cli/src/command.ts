/** What a command sees of the process that it runs in. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls back at each SIGINT and SIGTERM until what it returns is called. */
  readonly onInterrupt: (then: () => void) => () => void;
}

export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** A word behind `isocenter`; one folder each. */
export interface Command {
  readonly summary: string;
  readonly help: string;
  /** Resolves with the exit code; rejects with `UsageError`. */
  readonly run: (words: readonly string[], surroundings: Surroundings) => Promise<number>;
}
