import { FEED_LAST, type NumberedChange } from '@isocenter/metadata-store';
import type { CheckContext, Compared } from './check-archive.js';
import { finding, placeOf, type Finding } from './finding.js';
import { mendGap } from './mend-gap.js';
import { restoreRow } from './restore-rows.js';

/** A version that was stored, of an instance that is not there, while no later change is known that says why. */
interface Pending {
  readonly instance: string;
  readonly version: string;
  readonly sequence: number;
}

/** How far the feed was gone through. */
export interface FeedPlace {
  /** The last sequence that was looked at, and the last one of this pass. */
  readonly after: number;
  readonly upTo: number;
  /** Gaps are told up to here. */
  readonly complete: number;
  /** The last number of the last gap that stays open. */
  readonly open: number;
  readonly pending: readonly Pending[];
  /** More were pending than a step can keep: another pass begins behind this sequence. */
  readonly again: number | null;
}

const PAGE = 500;
const MOST_PENDING = 300;

/**
 * The changes in order: sequences from 1 without a gap, and of each version that was stored either its row, or a later
 * change that replaced or deleted it.
 */
export async function compareFeed(context: CheckContext, from?: FeedPlace): Promise<Compared<FeedPlace>> {
  const { ports: { store }, isOver, signal } = context;
  let place: FeedPlace = from ?? { after: 0, upTo: (await store.readCursor(FEED_LAST))?.position ?? 0, complete: 0, open: 0, pending: [], again: null };
  const findings: Finding[] = [];
  const begin = place.complete;
  while (place.after < place.upTo) {
    const changes = await store.listChanges({ after: place.after, upTo: place.upTo, limit: PAGE });
    const end = changes.length < PAGE ? place.upTo : changes.at(-1)!.sequence;
    const gaps = await findGaps(changes, Math.max(place.after, place.complete), end, context);
    findings.push(...gaps.findings);
    place = { ...place, complete: Math.max(place.complete, end), open: Math.max(place.open, gaps.open) };
    // What was brought back is read with the others, before it is judged what they say.
    if (!gaps.findings.some(({ mended }) => mended)) place = { ...(await addPending(place, changes, context)), after: end };
    if (isOver() || signal.aborted) return { findings, count: place.complete - begin, next: place };
  }
  findings.push(...(await findLost(place, context)));
  const count = place.complete - begin;
  if (place.again === null) return { findings, count };
  return { findings, count, next: { ...place, after: place.again, pending: [], again: null } };
}

/** Numbers are given by transactions that move the last one: what is missing below it is missing for good. The journal may have it. */
async function findGaps(changes: readonly NumberedChange[], after: number, end: number, context: CheckContext): Promise<Pick<FeedPlace, 'open'> & { readonly findings: Finding[] }> {
  const findings: Finding[] = [];
  let open = 0;
  let expected = after + 1;
  for (const sequence of [...changes.map((change) => change.sequence), end + 1]) {
    if (sequence > expected && (await context.ports.store.listChanges({ after: expected - 1, upTo: sequence - 1, limit: 1 })).length === 0) {
      const found = await mendGap({ first: expected, last: sequence - 1 }, context);
      if (found.some(({ mended }) => !mended)) open = sequence - 1;
      findings.push(...found);
    }
    expected = Math.max(expected, sequence + 1);
  }
  return { findings, open };
}

/** What the changes of a page leave open. */
async function addPending(place: FeedPlace, changes: readonly NumberedChange[], { ports: { store } }: CheckContext): Promise<FeedPlace> {
  const gone = changes.filter(({ action, currentVersion }) => action !== 'delete' && currentVersion === null);
  const deleted = new Set((await store.listVersionChanges([...new Set(gone.map(({ version }) => version))])).flatMap(({ action, version }) => (action === 'delete' ? [version] : [])));
  const pending = new Map(place.pending.map((one) => [one.instance, one]));
  let { again } = place;
  for (const change of changes) {
    const { action, currentVersion, version, sequence } = change;
    const instance = nameOf(change);
    // Whatever came later explains what was before.
    pending.delete(instance);
    if (action === 'delete' || currentVersion !== null || deleted.has(version)) continue;
    if (pending.size < MOST_PENDING) pending.set(instance, { instance, version, sequence });
    else again ??= sequence - 1;
  }
  return { ...place, pending: [...pending.values()], again };
}

/** Those whose last change says that they are stored, while there is no row. Changes that came meanwhile are looked at too. */
async function findLost({ pending, upTo, open: gap }: FeedPlace, context: CheckContext): Promise<Finding[]> {
  const { store } = context.ports;
  if (pending.length === 0) return [];
  const open = new Map(pending.map((one) => [one.instance, one]));
  // Before the numbered ones: what gets its number now is found there.
  for (const change of await store.listUnnumberedChanges(10_000)) open.delete(nameOf(change));
  for (let after = upTo; ;) {
    const changes = await store.listChanges({ after, limit: PAGE });
    for (const change of changes) open.delete(nameOf(change));
    if (changes.length < PAGE) break;
    after = changes.at(-1)!.sequence;
  }
  const partitions = new Map((await store.listPartitions(0)).map(({ key, name }) => [key, name]));
  const changes = await store.listVersionChanges([...open.values()].map(({ version }) => version));
  const findings: Finding[] = [];
  for (const { version, sequence } of open.values()) {
    const change = changes.find((one) => one.version === version && one.sequence === sequence)!;
    const { study, series, sop, partition: key } = change;
    const partition = partitions.get(key)!;
    const explained = sequence > gap;
    const mended = context.request.repair && explained && (await restoreRow(partition, change, context));
    const what = `The change feed says that it is stored, and there is no row of it.${explained ? '' : ' Changes behind it are missing, which may say why: it is not brought back.'}`;
    findings.push(finding('row-missing', { ...placeOf(partition, { study, series, sop, version }), sequence }, what, mended));
  }
  return findings;
}

/** UIDs have no slash. */
function nameOf({ partition, study, series, sop }: Pick<NumberedChange, 'partition' | 'study' | 'series' | 'sop'>): string {
  return `${partition}/${study}/${series}/${sop}`;
}
