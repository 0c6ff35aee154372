/** An operation as its steps see it. */
export interface Operation {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Name of the partition that it is about; null when it is about all, or none. */
  readonly partition: string | null;
  /** As it was asked. */
  readonly request: unknown;
  /** What the last step left; `{}` before the first. */
  readonly state: unknown;
  readonly createdBy: string;
}

/** What a step leaves. What is absent stays as it is. */
export interface StepOutcome {
  /** Written as JSON; the next step begins with it, also in another process. Keep it short. */
  readonly state?: unknown;
  /** 0 to 100. */
  readonly percent?: number;
  /** Written as JSON; what the REST resource shows as `results`. */
  readonly results?: unknown;
  /** Nothing is left to do: the operation succeeded, unless `failed` says what did not. */
  readonly done?: boolean;
  /** With `done`: a sentence for clients; what was done stays done. */
  readonly failed?: string;
  /** Milliseconds until the next step. */
  readonly waitMs?: number;
}

/**
 * What one type of operation does. A step may be done twice, and by two processes at the same time for a moment, when one is
 * paused or killed: so it changes data only by derived commands whose ids come from operation and step, or by
 * conditional writes. It takes seconds, not minutes.
 */
export interface OperationHandler {
  readonly type: string;
  /** Errors with `retriable: true` are tried again until they pass; an OperationFailedError ends the operation with its text. */
  step(operation: Operation, signal: AbortSignal): Promise<StepOutcome>;
  /** Called before the operation is marked as failed or canceled; may be called twice. What was done stays done unless this undoes it. */
  end?(operation: Operation, how: 'failed' | 'canceled'): Promise<void>;
}
