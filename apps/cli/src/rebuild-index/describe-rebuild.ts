import { type OperationShown } from '../operation/follow-operation.js';

/** What a rebuild tells of itself. */
export interface RebuildResults {
  readonly changes: number;
  readonly instances: number;
  readonly failed: number;
  readonly undecided: number;
  readonly quarantined: number;
  readonly accepted: number;
  readonly failures: readonly string[];
  readonly undecidedInstances: readonly string[];
  readonly digest?: { readonly instances: number; readonly changes: number; readonly sha256: string };
}

export function resultsOf({ results }: OperationShown): RebuildResults {
  return { changes: 0, instances: 0, failed: 0, undecided: 0, quarantined: 0, accepted: 0, failures: [], undecidedInstances: [], ...(results as Partial<RebuildResults> | undefined) };
}

/** `1200 changes, 800 instances, 1 failed`. */
export function progressOf({ changes, instances, accepted, failed }: RebuildResults): string {
  return [`${changes} changes, ${instances} instances`, ...(accepted > 0 ? [`${accepted} accepted`] : []), ...(failed > 0 ? [`${failed} failed`] : [])].join(', ');
}

/** The report, its lines ended: what could not be done first, the digest last. */
export function describeRebuild(results: RebuildResults): string {
  const { failed, failures, undecided, undecidedInstances, quarantined, digest } = results;
  const more = (count: number, told: readonly string[]): string[] => (count > told.length ? [`  and ${count - told.length} more`] : []);
  return [
    ...failures.map((failure) => `failed  ${failure}`), ...(failures.length > 0 ? more(failed, failures) : []),
    ...undecidedInstances.map((one) => `undecided  ${one}`), ...more(undecided, undecidedInstances),
    ...(undecided > 0 ? [`Nobody knows whether these ${undecided} were accepted, as the journal ended before. To accept them now: npx isocenter rebuild-index --restore-undecided`] : []),
    ...(quarantined > 0 ? [`${quarantined} objects that nobody knows were put below quarantine~/ in the object store.`] : []),
    // Of a digest alone nothing is.
    ...(digest && results.changes + results.instances + results.accepted + failed === 0 ? [] : [`Made anew: ${progressOf(results)}.`]),
    ...(digest ? [`Answers: ${digest.instances} instances, ${digest.changes} changes, SHA-256 ${digest.sha256}`] : []), '',
  ].join('\n');
}
