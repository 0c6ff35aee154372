import type { InstanceMetadataRow, InstanceRow } from '@isocenter/metadata-store';
import type { CheckContext, Compared } from './check-archive.js';
import { checkObjectsOfInstance } from './check-objects-of-instance.js';
import { finding, placeOf, type Finding } from './finding.js';
import { FIRST_PLACE, listInstancePages, type InstancePage, type InstancePlace } from './list-instance-pages.js';

/** Instances in flight. */
const IN_FLIGHT = 8;
/** An instance that changes under every look is in use, and not lost. */
const LOOKS = 5;

/** Every instance: its objects, its metadata. */
export async function compareInstances(context: CheckContext, place: InstancePlace = FIRST_PLACE): Promise<Compared<InstancePlace>> {
  const { ports: { store }, isOver, signal } = context;
  const findings: Finding[] = [];
  let count = 0;
  for await (const page of listInstancePages(store, place)) {
    findings.push(...(await comparePage(page, context)));
    count += page.rows.length;
    if (isOver() || signal.aborted) return { findings, count, next: page.next };
  }
  return { findings, count };
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
  let beside = metadata;
  for (let look = 0; look < LOOKS && now; look += 1) {
    const looked: InstanceRow = now;
    const wrong = await checkObjectsOfInstance(looked, beside, ports, request.objects, signal);
    if (wrong.length === 0) return [];
    now = await ports.store.findInstance(row.partition, row.study, row.series, row.sop);
    // The page's metadata were read behind its rows: only a look of its own proves anything.
    if (look > 0 && now?.version === looked.version) return wrong.map(({ kind, what }) => finding(kind, placeOf(partition, looked), what));
    beside = await ports.store.findInstanceMetadata(row.partition, row.study, row.series, row.sop);
  }
  return [];
}
