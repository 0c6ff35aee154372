import type { RemoveObjectsWork } from '@isocenter/commands';
import { changeRow, JournalGapError, listSegments, readSegment, type ChangeRecord, type Segment, type SegmentContent } from '@isocenter/journal';
import { FEED_JOURNAL, FEED_LAST, REBUILD, type ChangeRow, type MetadataStore, type PartitionRow, type RestorationRow, type Write } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { OperationFailedError } from '@isocenter/operations';
import { moveState } from './move-state.js';
import type { PhaseStep, RebuildContext } from './rebuild-context.js';
import { factsOf, type RestorationFacts } from './version-facts.js';

/** Changes that one transaction brings back. */
const AT_ONCE = 500;
/** Changes without a number that may be there: those that were decided again because their commands were still in the log. */
const MOST_UNNUMBERED = 100_000;

/**
 * Brings back a segment's changes, under their own numbers, and notes which versions they leave: those are to be restored.
 * Each transaction moves the position of the rebuild from where it was read, so that none happens twice.
 */
export const replayJournal: PhaseStep = async ({ changes, journalEnd }, context) => {
  const { store, objects } = context.ports;
  const cursor = await store.readCursor(REBUILD);
  const done = cursor?.position ?? 0;
  if (done >= journalEnd) {
    // It may have been broken off behind this.
    if (cursor?.detail !== 'restoring' && (cursor?.detail !== 'replaying' || !(await moveState(store, context.operation.id, cursor, 'restoring')))) return undefined;
    return { phase: 'restore', journalEndedAt: await decidedAt(store, journalEnd), place: undefined };
  }
  const segment = await segmentOf(objects, done + 1);
  const content = await readSegment(objects, segment).catch((error: unknown) => {
    throw error instanceof JournalGapError ? new OperationFailedError(error.message) : error;
  });
  await store.commit({ writes: content.partitions.map(({ kind: _kind, ...row }) => ({ op: 'put', table: 'partitions', row })) });
  const brought = await new Replay(content, await store.listPartitions(0), await unnumbered(store), context).run(done);
  if (brought === undefined) return undefined;
  const last = content.changes.at(-1)!;
  return { changes: changes + brought, percent: (5 * last.sequence) / journalEnd };
};

/** Of the change itself: the segment that ends with it may have been brought back by a rebuild before. */
async function decidedAt(store: MetadataStore, sequence: number): Promise<number> {
  const [last] = await store.listChanges({ after: sequence - 1, upTo: sequence, limit: 1 });
  return last?.decidedAt ?? 0;
}

async function segmentOf(objects: ObjectStore, sequence: number): Promise<Segment> {
  for await (const segment of listSegments(objects, sequence)) {
    if (segment.first === sequence) return segment;
    break;
  }
  // It was broken off within a segment.
  for await (const segment of listSegments(objects)) if (segment.last >= sequence) return segment;
  throw new OperationFailedError(`The journal has a gap: the change ${sequence} is missing.`);
}

async function unnumbered(store: MetadataStore): Promise<ReadonlyMap<string, ChangeRow>> {
  const rows = await store.listUnnumberedChanges(MOST_UNNUMBERED);
  return new Map(rows.map((row) => [`${row.action}/${row.version}`, row]));
}

type Place = Pick<RestorationRow, 'partition' | 'study' | 'series' | 'sop'>;
type Noted = RestorationRow & { readonly parsed: RestorationFacts };

/** The changes of one segment. */
class Replay {
  /** By partition name. */
  private readonly partitions: ReadonlyMap<string, PartitionRow>;

  constructor(private readonly content: SegmentContent, partitions: readonly PartitionRow[], private readonly unnumbered: ReadonlyMap<string, ChangeRow>, private readonly context: RebuildContext) {
    this.partitions = new Map(partitions.map((partition) => [partition.name, partition]));
  }

  /** Resolves with how many were brought back; undefined when it was broken off, or another process was faster. */
  async run(done: number): Promise<number | undefined> {
    const left = this.content.changes.filter(({ sequence }) => sequence > done);
    for (let at = 0; at < left.length; at += AT_ONCE) {
      if (this.context.signal.aborted) return undefined;
      const batch = left.slice(at, at + AT_ONCE);
      if (!(await this.bringBack(batch, batch[0]!.sequence - 1))) return undefined;
    }
    return left.length;
  }

  private async bringBack(batch: readonly ChangeRecord[], from: number): Promise<boolean> {
    const last = batch.at(-1)!;
    const partition = Math.max(...[...this.partitions.values()].map(({ key }) => key));
    const writes: Write[] = [
      { op: 'update', table: 'cursors', key: { name: REBUILD }, expect: { position: from, detail: 'replaying' }, set: { position: last.sequence } },
      { op: 'put', table: 'cursors', row: { name: FEED_LAST, position: last.sequence, detail: last.timestamp } },
      { op: 'put', table: 'cursors', row: { name: FEED_JOURNAL, position: last.sequence, detail: String(partition) } },
      ...batch.map((record) => this.changeWrite(record)),
      ...(await this.noteVersions(batch)),
    ];
    return (await this.context.ports.store.commit({ writes })).committed;
  }

  private changeWrite(record: ChangeRecord): Write {
    const { sequence, timestamp, partition, version, action } = record;
    const again = this.unnumbered.get(`${action}/${version}`);
    if (again) {
      const { logPartition, logOffset, place } = again;
      return { op: 'update', table: 'changes', key: { logPartition, logOffset, place }, expect: { sequence: null }, set: { sequence, timestamp } };
    }
    return { op: 'insert', table: 'changes', row: changeRow(record, this.keyOf(partition, sequence)) };
  }

  private keyOf(name: string, sequence: number): number {
    const found = this.partitions.get(name);
    if (!found) throw new OperationFailedError(`The journal does not tell of the partition that the change ${sequence} is of.`);
    return found.key;
  }

  /** Which versions the batch leaves, and which objects nobody needs behind it. */
  private async noteVersions(batch: readonly ChangeRecord[]): Promise<Write[]> {
    const noted = new Map<string, { readonly before: Noted | undefined; now: Noted | undefined }>();
    const gone: Write[] = [];
    for (const record of batch) {
      const key = placeOf({ ...record, partition: this.keyOf(record.partition, record.sequence) });
      const name = Object.values(key).join('/');
      let held = noted.get(name);
      if (!held) {
        const before = await this.find(key);
        noted.set(name, (held = { before, now: before }));
      }
      gone.push(...this.leftBehind(held.now, record));
      held.now = versionBehind(held.now, record, key);
    }
    const rows = [...noted.values()].flatMap(({ before, now }): Write[] => {
      if (now) return [{ op: 'put', table: 'restorations', row: rowOf(now) }];
      return before ? [{ op: 'remove', table: 'restorations', key: placeOf(before) }] : [];
    });
    return [...rows, ...gone];
  }

  private async find({ partition, study, series, sop }: Place): Promise<Noted | undefined> {
    const row = await this.context.ports.store.findRestoration(partition, study, series, sop);
    return row && { ...row, parsed: JSON.parse(row.facts) as RestorationFacts };
  }

  /** Objects of the version that the change takes the place of, unless it stays as the original. */
  private leftBehind(before: Noted | undefined, { action }: ChangeRecord): Write[] {
    if (!before) return [];
    const { objectKey, original } = before.parsed;
    const versions = action === 'update' ? (original ? [{ version: before.version, objectKey }] : []) : [{ version: before.version, objectKey }, ...(original ? [original] : [])];
    const { partition, study, series, sop } = before;
    return versions.map(({ version, objectKey: key }) => {
      const work: RemoveObjectsWork = { version, keys: [key], instance: { partition, study, series, sop } };
      return { op: 'put', table: 'due', row: { id: `remove/${version}/rebuild`, kind: 'remove-objects', notBefore: Date.now() + this.context.options.graceMs, payload: JSON.stringify(work) } };
    });
  }
}

/** What is there of an instance behind a change. */
function versionBehind(before: Noted | undefined, record: ChangeRecord, key: Place): Noted | undefined {
  const { action, sequence, version } = record;
  if (action === 'delete') return undefined;
  const facts = factsOf(record);
  if (!facts) throw new OperationFailedError(`The journal does not say where the object of the change ${sequence} is.`);
  if (action === 'create') return { ...key, sequence, version, facts: '', parsed: facts };
  if (before?.version !== record.detail.replaces) throw new OperationFailedError(`The journal contradicts itself: the change ${sequence} is of a version that was not there.`);
  const { original = { version: before!.version, objectKey: before!.parsed.objectKey, size: before!.parsed.size, sha256: before!.parsed.sha256 } } = before!.parsed;
  return { ...key, sequence, version, facts: '', parsed: { ...facts, original } };
}

function rowOf({ parsed, ...row }: Noted): RestorationRow {
  return { ...row, facts: JSON.stringify(parsed) };
}

function placeOf({ partition, study, series, sop }: Place): Place {
  return { partition, study, series, sop };
}
