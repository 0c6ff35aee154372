import { FEED_LAST, moveCursor, type ChangeRow, type CursorRow, type MetadataStore, type Outcome, type Write } from '@isocenter/metadata-store';
import { inSpans } from '@isocenter/telemetry';
import { detailOf } from '../change-event/change-event.js';
import { formatSteps, parseSteps, stepsOf } from './feed-timestamp.js';
import { inOrderOfDecision } from './order-of-decision.js';

/** Changes numbered in one transaction. */
const AT_ONCE = 500;

/**
 * Gives the next numbers, gapless from 1, to changes that have none; true when there may be more. The transaction moves
 * `last`, so that of two numberers one wins and the other reads again. `mayNumber` is asked when there is something to do.
 */
export async function numberChanges(store: MetadataStore, mayNumber: () => Promise<boolean>): Promise<boolean> {
  const changes = inOrderOfDecision(await store.listUnnumberedChanges(AT_ONCE));
  if (changes.length === 0 || !(await mayNumber())) return false;
  const last = await store.readCursor(FEED_LAST);
  const { writes, position, timestamp } = numbering(changes, last);
  const commit = (): Promise<Outcome> => store.commit({ writes: [moveCursor(FEED_LAST, last, position, timestamp), ...writes] });
  // Of several replicas that try at the same time one commits.
  const outcome = await inSpans('number change', tracesOf(changes), commit, ({ committed }) => ({ 'isocenter.committed': committed }));
  return !outcome.committed || changes.length === AT_ONCE;
}

function numbering(changes: readonly ChangeRow[], last: CursorRow | undefined): { writes: Write[]; position: number; timestamp: string } {
  let position = last?.position ?? 0;
  let steps = last ? parseSteps(last.detail) : 0n;
  const now = stepsOf(Date.now());
  const writes = changes.map(({ logPartition, logOffset, place }): Write => {
    position += 1;
    steps = steps + 1n > now ? steps + 1n : now;
    return { op: 'update', table: 'changes', key: { logPartition, logOffset, place }, expect: { sequence: null }, set: { sequence: position, timestamp: formatSteps(steps) } };
  });
  return { writes, position, timestamp: formatSteps(steps) };
}

/** Read one by one: without tracing nobody asks for them. */
function* tracesOf(changes: readonly ChangeRow[]): Iterable<string | undefined> {
  for (const change of changes) yield detailOf(change).traceparent;
}
