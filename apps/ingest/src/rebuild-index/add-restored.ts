import type { Restorable, Restored } from './restore-versions.js';
import { MOST_TOLD, type RebuildProgress } from './rebuild-progress.js';

/** Counts what became of instances. */
export function addRestored({ instances, failed, failures }: RebuildProgress, of: readonly Restorable[], outcomes: readonly Restored[]): Pick<RebuildProgress, 'instances' | 'failed' | 'failures'> {
  const told = outcomes.flatMap(({ why }, at) => {
    const { study, series, sop } = of[at]!.latest;
    return why === undefined ? [] : [`${study}/${series}/${sop}: ${why}`];
  });
  return {
    instances: instances + outcomes.filter(({ kind }) => kind === 'restored').length,
    failed: failed + outcomes.filter(({ kind, why }) => kind === 'failed' || why !== undefined).length,
    failures: [...failures, ...told].slice(0, MOST_TOLD),
  };
}
