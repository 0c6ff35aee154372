export interface TopicSpec {
  readonly name: string;
  /** Partitions in the distributed profile and in the standalone one. */
  readonly partitions: { readonly distributed: number; readonly standalone: number };
  /** Milliseconds that records are kept in the distributed profile; 'forever'. Standalone: until every consumer has passed. */
  readonly retention: number | 'forever';
  /** Records are hints that may be lost and are consumed from the newest on only: standalone hands them over without keeping them. */
  readonly hints?: boolean;
}

const HOUR = 3_600_000;

/** The one table of topics (DESIGN §5). A topic stands here when something writes it. */
export const TOPICS = {
  /** Key partition/study. Once, by the partition's owner. Not compacted, not transactional: offsets are dense. */
  instanceCommands: { name: 'isocenter.instance-commands.v1', partitions: { distributed: 32, standalone: 4 }, retention: 168 * HOUR },
  /** Key replica id. Hints: each replica reads from the newest; the truth is the decision. */
  instanceOutcomes: { name: 'isocenter.instance-outcomes.v1', partitions: { distributed: 8, standalone: 1 }, retention: HOUR, hints: true },
  /** Original key. What no consumer could read or decide. */
  deadLetters: { name: 'isocenter.dead-letters.v1', partitions: { distributed: 1, standalone: 1 }, retention: 720 * HOUR },
} as const satisfies Record<string, TopicSpec>;
