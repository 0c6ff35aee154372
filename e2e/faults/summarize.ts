import type { Finding, FindingKind } from '../workload/finding.js';
import type { Operation } from '../workload/requests.js';
import type { RequestOutcome } from './client-requests.js';
import type { FaultResult } from './play-fault.js';
import type { VerifiedRest } from './verify-rest.js';

export interface Run {
  readonly results: readonly FaultResult[];
  readonly notInjected: readonly { readonly fault: string; readonly why: string }[];
  readonly counts: Readonly<Record<RequestOutcome, number>>;
  readonly feedEntries: number;
  readonly rest: VerifiedRest | undefined;
  readonly wrong: readonly Finding[];
}

const kindsOfFindings: readonly FindingKind[] = ['lost', 'duplicate', 'gap', 'orphan', 'altered', 'unasked', 'unanswered', 'ended'];

/** The figures of a run, and each fault with its own. */
export const summarize = ({ results, notInjected, counts, feedEntries, rest, wrong }: Run) => {
  const requests = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const count = (kind: FindingKind): number => wrong.filter((found) => found.kind === kind).length;
  return {
    figures: {
      faults: Object.fromEntries([...Map.groupBy(results, ({ kind }) => kind)].map(([kind, of]) => [kind, of.length])),
      notInjected: notInjected.length,
      requests, acknowledged: counts.answered, refused: counts.refused, unknown: counts.unknown, unanswered: counts.unanswered, hung: counts.hung,
      feedEntries, topicDoubles: rest?.topicDoubles, objects: rest?.objects, sweptObjects: rest?.swept,
      recoveryMs: recoveries(results),
      found: Object.fromEntries(kindsOfFindings.map((kind) => [kind, count(kind)])) as Record<FindingKind, number>,
    },
    notInjected, faults: results, wrong,
  };
};

/** First success behind an outage, of each operation: the median and the longest, in milliseconds. */
const recoveries = (results: readonly FaultResult[]): Partial<Record<Operation, { readonly median: number; readonly longest: number }>> => {
  const times = Map.groupBy(results.flatMap(({ recovery }) => Object.entries(recovery.first) as [Operation, number][]), ([operation]) => operation);
  return Object.fromEntries([...times].map(([operation, all]) => {
    const sorted = all.map(([, ms]) => ms).sort((one, other) => one - other);
    return [operation, { median: sorted[Math.floor(sorted.length / 2)]!, longest: sorted.at(-1)! }];
  }));
};
