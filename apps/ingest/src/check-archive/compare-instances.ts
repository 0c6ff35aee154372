import type { InstanceMetadataRow, InstanceRow, MetadataStore } from '@isocenter/metadata-store';
import type { CheckContext, Compared } from './check-archive.js';
import { checkObjectsOfInstance, type MetadataOfInstance, type Wrong } from './check-objects-of-instance.js';
import { checkStudies, type StudyToCheck } from './check-studies.js';
import { finding, placeOf, type Finding } from './finding.js';
import { FIRST_PLACE, listInstancePages, type InstancePage, type InstancePlace } from './list-instance-pages.js';
import { restoreMetadata } from './restore-rows.js';

/** Instances in flight. */
const IN_FLIGHT = 8;
/** Studies that one step asks the index about. */
const MOST_STUDIES = 64;
/** An instance that changes under every look is in use, and not lost. */
const LOOKS = 5;

/** Every instance: its objects, its metadata, its change; and when all of a study were looked at, the study and its series. */
export async function compareInstances(context: CheckContext, place: InstancePlace = FIRST_PLACE): Promise<Compared<InstancePlace>> {
  const { ports: { store }, isOver, signal } = context;
  const findings: Finding[] = [];
  const studies: StudyToCheck[] = [];
  let count = 0;
  let next: InstancePlace | undefined;
  for await (const page of listInstancePages(store, place)) {
    findings.push(...(await comparePage(page, context)));
    const withoutChange = await findWithoutChange(page.rows, store);
    if (page.last || withoutChange.length > 0) studies.push({ page, withoutChange });
    count += page.rows.length;
    next = isOver() || studies.length >= MOST_STUDIES || signal.aborted ? page.next : undefined;
    if (next) break;
  }
  findings.push(...(await checkStudies(studies, context)));
  return { findings, count, ...(next && { next }) };
}

/** A change is committed with its row: where it is missing, and the row is still the same, there is none. */
async function findWithoutChange(rows: readonly InstanceRow[], store: MetadataStore): Promise<InstanceRow[]> {
  const told = new Set((await store.listVersionChanges(rows.map(({ version }) => version))).flatMap(({ action, version }) => (action === 'delete' ? [] : [version])));
  const missing: InstanceRow[] = [];
  for (const row of rows.filter(({ version }) => !told.has(version))) {
    const [change] = (await store.listVersionChanges([row.version])).filter(({ action }) => action !== 'delete');
    const now = await store.findInstance(row.partition, row.study, row.series, row.sop);
    if (!change && now?.version === row.version) missing.push(now);
  }
  return missing;
}

async function comparePage({ partition, study, rows }: InstancePage, context: CheckContext): Promise<Finding[]> {
  if (rows.length === 0) return [];
  const { store } = context.ports;
  const nameOf = ({ series, sop }: Pick<InstanceRow, 'series' | 'sop'>): string => `${series}/${sop}`;
  const metadata = new Map((await store.listInstanceMetadata({ partition: partition.key, study }, rows[0]!.ordinal - 1, rows.length)).map((row) => [nameOf(row), row]));
  const findings: Finding[][] = [];
  const left = rows.entries();
  const lane = async (): Promise<void> => {
    for (const [at, row] of left) findings[at] = await compareInstance(partition.name, row, metadata.get(nameOf(row)), context);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return findings.flat();
}

/** Something that looks wrong is looked at again until the row stays the same around the look: a version never comes back, and its objects go after its row. */
async function compareInstance(partition: string, row: InstanceRow, metadata: InstanceMetadataRow | undefined, context: CheckContext): Promise<Finding[]> {
  const { ports, request, signal } = context;
  let now: InstanceRow | undefined = row;
  let beside: MetadataOfInstance = { latest: metadata, original: await originalOf(row, context) };
  for (let look = 0; look < LOOKS && now; look += 1) {
    const looked: InstanceRow = now;
    const wrong = await checkObjectsOfInstance(looked, beside, ports, request.objects, signal);
    if (wrong.length === 0) return [];
    now = await ports.store.findInstance(row.partition, row.study, row.series, row.sop);
    // The page's metadata were read behind its rows: only a look of its own proves anything.
    if (look > 0 && now?.version === looked.version) return tell(partition, looked, wrong, context);
    beside = { latest: await ports.store.findInstanceMetadata(row.partition, row.study, row.series, row.sop), original: now && (await originalOf(now, context)) };
  }
  return [];
}

async function originalOf({ partition, study, series, sop, ordinal, originalVersion }: InstanceRow, { ports: { store } }: CheckContext): Promise<InstanceMetadataRow | undefined> {
  return originalVersion === null ? undefined : (await store.listInstanceMetadata({ partition, study, series, sop }, ordinal - 1, 1, { original: true }))[0];
}

/** Metadata are made again of the object, while that is there. */
async function tell(partition: string, row: InstanceRow, wrong: readonly Wrong[], context: CheckContext): Promise<Finding[]> {
  const isLost = wrong.some(({ kind }) => kind !== 'metadata-missing');
  const mended = context.request.repair && !isLost && (await restoreMetadata(partition, row, context));
  return wrong.map(({ kind, what }) => finding(kind, placeOf(partition, row), what, mended));
}
