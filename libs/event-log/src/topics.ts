export interface TopicSpec {
  readonly name: string;
  /** Partitions in the distributed profile and in the standalone one. */
  readonly partitions: { readonly distributed: number; readonly standalone: number };
  /** Milliseconds that records are kept in the distributed profile; 'forever'. Standalone: until every consumer has passed. */
  readonly retention: number | 'forever';
  /** Records are hints that may be lost and are consumed from the newest on only: standalone hands them over without keeping them. */
  readonly hints?: boolean;
  /**
   * Standalone: so many of the newest records of a partition stay while nothing consumes the topic; absent: all stay until a
   * consumer has passed them. For topics that others may read, of whose consumers none keeps its progress in this process.
   */
  readonly newestKept?: number;
}

const HOUR = 3_600_000;

/** The one table of topics (DESIGN §5). A topic stands here when something writes it. */
export const TOPICS = {
  /** Key partition/study. Once, by the partition's owner. Not compacted, not transactional: offsets are dense. */
  instanceCommands: { name: 'isocenter.instance-commands.v1', partitions: { distributed: 32, standalone: 4 }, retention: 168 * HOUR },
  /** Key replica id. Hints: each replica reads from the newest; the truth is the decision. */
  instanceOutcomes: { name: 'isocenter.instance-outcomes.v1', partitions: { distributed: 8, standalone: 1 }, retention: HOUR, hints: true },
  /** Public. Key partition/study, value JSON (docs/asyncapi/change-feed.v1.yaml). At least once, in order of the sequence in each partition but for doubles. */
  changeFeed: { name: 'isocenter.change-feed.v1', partitions: { distributed: 32, standalone: 4 }, retention: 'forever', newestKept: 5_000 },
  /** Original key. What no consumer could read or decide. */
  deadLetters: { name: 'isocenter.dead-letters.v1', partitions: { distributed: 1, standalone: 1 }, retention: 720 * HOUR, newestKept: 1_000 },
} as const satisfies Record<string, TopicSpec>;
