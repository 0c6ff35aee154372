/** The log is away or full; nothing was appended as far as is known, and the call may be repeated. */
export class EventLogUnavailableError extends Error {
  override readonly name = 'EventLogUnavailableError';
  readonly retriable = true;
  constructor(cause: unknown) {
    super(`The event log is not available: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * The consumer's `next` is not in the log: records were lost, or the database and the log do not belong together.
 * The consumer stops; going on from elsewhere would lose or repeat changes.
 */
export class OffsetOutsideLogError extends Error {
  override readonly name = 'OffsetOutsideLogError';
  constructor(topic: string, partition: number, next: number, log: { first: number; end: number }) {
    super(`The consumer of ${topic}/${partition} is to go on at offset ${next}, but the log holds ${log.first} to ${log.end}. Restore the log and the metadata from the same moment; nothing is consumed until then.`);
  }
}

/** The topic has another number of partitions than the one that its keys were distributed over. */
export class PartitionCountError extends Error {
  override readonly name = 'PartitionCountError';
  constructor(topic: string, found: number, stored: number) {
    super(`Topic ${topic} has ${found} partitions, but its records were distributed over ${stored}. The number cannot change once the topic is used; create the topic with ${stored} partitions.`);
  }
}
