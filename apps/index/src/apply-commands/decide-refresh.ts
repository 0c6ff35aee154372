import type { Decision, RefreshLevels } from '@isocenter/commands';
import type { StoreContext } from './decide-store.js';
import { NOTHING_GOES, recomputeSeries, recomputeStudy } from './recompute-levels.js';

/** Makes the attributes of a study and its series of what its instances bring now; counts stay. Nothing of the study waits for the commit of its transaction: WorkingSet sees to that. */
export async function decideRefresh({ study }: RefreshLevels, context: StoreContext): Promise<Decision> {
  const { set, partition } = context;
  const held = await set.study(partition, study);
  if (!held.row) return { kind: 'not-found' };
  held.row = await recomputeStudy(context, held.row, NOTHING_GOES);
  for (const { series } of await set.listSeries(partition, study)) {
    const ofSeries = await set.series(partition, study, series);
    if (ofSeries.row) ofSeries.row = await recomputeSeries(context, ofSeries.row, NOTHING_GOES);
  }
  set.markOutdated(partition, study);
  return { kind: 'refreshed' };
}
