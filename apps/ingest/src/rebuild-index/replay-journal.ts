import type { OriginalVersion, RemoveObjectsWork } from '@isocenter/commands';
import { changeRow, JournalGapError, listSegments, readSegment, type ChangeRecord, type Segment, type SegmentContent } from '@isocenter/journal';
import { FEED_JOURNAL, FEED_LAST, REBUILD, type ChangeRow, type MetadataStore, type PartitionRow, type RestorationRow, type Write } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { OperationFailedError } from '@isocenter/operations';
import { moveState } from './move-state.js';
import type { PhaseStep, RebuildContext } from './rebuild-context.js';
import { MOST_TOLD } from './rebuild-progress.js';
import { factsOf, type RestorationFacts } from './version-facts.js';

/** Changes that one transaction brings back. */
const AT_ONCE = 500;
/** Changes without a number that may be there: those that were decided again because their commands were still in the log. */
const MOST_UNNUMBERED = 100_000;

/**
 * Brings back a segment's changes, under their own numbers, and notes which versions they leave: those are to be restored.
 * Each transaction moves the position of the rebuild from where it was read, so that none happens twice.
 */
export const replayJournal: PhaseStep = async ({ changes, journalEnd, failed, failures }, context) => {
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
  const replay = new Replay(content, await bringPartitions(content.partitions, store), await unnumbered(store), context);
  const brought = await replay.run(done);
  if (brought === undefined) return undefined;
  const last = content.changes.at(-1)!;
  return { changes: changes + brought, failed: failed + replay.told.length, failures: [...failures, ...replay.told].slice(0, MOST_TOLD), percent: (5 * last.sequence) / journalEnd };
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

/** All that there are then. Throws OperationFailedError when the metadata have another one under a name or a key of the journal's: they were not removed. */
async function bringPartitions(told: readonly PartitionRow[], store: MetadataStore): Promise<PartitionRow[]> {
  const there = await store.listPartitions(0);
  const writes: Write[] = [];
  for (const { key, name, createdAt } of told) {
    const other = there.find((one) => (one.key === key) !== (one.name === name));
    if (other) throw new OperationFailedError(`The metadata have the partition ${other.key} '${other.name}', and the journal the partition ${key} '${name}': they were written to since they were lost. Remove what is there of them, and rebuild all of it from objects and journal.`);
    writes.push({ op: 'put', table: 'partitions', row: { key, name, createdAt } });
  }
  if (!(await store.commit({ writes })).committed) throw new OperationFailedError('The partitions of the journal could not be brought back: others have their names or keys. Remove what is there of the metadata, and rebuild all of it from objects and journal.');
  return store.listPartitions(0);
}

async function unnumbered(store: MetadataStore): Promise<ReadonlyMap<string, ChangeRow>> {
  const rows = await store.listUnnumberedChanges(MOST_UNNUMBERED);
  return new Map(rows.map((row) => [`${row.action}/${row.version}`, row]));
}

type Place = Pick<RestorationRow, 'partition' | 'study' | 'series' | 'sop'>;
type Noted = RestorationRow & { readonly parsed: RestorationFacts };

/** The changes of one segment. */
class Replay {
  /** What contradicts what was told before: it is gone on with all the same. */
  readonly told: string[] = [];
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
      const behind = this.versionBehind(held.now, record, key);
      gone.push(...this.leftBehind(held.now, behind));
      held.now = behind;
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

  /** What is there of an instance behind a change. */
  private versionBehind(before: Noted | undefined, record: ChangeRecord, key: Place): Noted | undefined {
    const { action, sequence, version, detail } = record;
    if (action === 'delete') return undefined;
    const parsed = factsOf(record);
    if (!parsed) return void this.told.push(`${nameOf(record)}: The journal does not say where the object of the change ${sequence} is.`);
    const now = { ...key, sequence, version, facts: '' };
    if (action === 'create') return { ...now, parsed };
    // One that a check announced again names nothing before it.
    if (detail.replaces !== undefined && before?.version !== detail.replaces) this.told.push(`${nameOf(record)}: The change ${sequence} is of a version that the journal does not tell of.`);
    const original = detail.original ?? (before?.version === version ? before.parsed.original : originalOf(before));
    return { ...now, parsed: { ...parsed, ...(original && { original }) } };
  }

  /** Objects of versions that were there before a change, and are not behind it. */
  private leftBehind(before: Noted | undefined, behind: Noted | undefined): Write[] {
    if (!before) return [];
    const kept = versionsOf(behind).map(({ version }) => version);
    const versions = versionsOf(before).filter(({ version }) => !kept.includes(version));
    const { partition, study, series, sop } = before;
    return versions.map(({ version, objectKey: key }) => {
      const work: RemoveObjectsWork = { version, keys: [key], instance: { partition, study, series, sop } };
      return { op: 'put', table: 'due', row: { id: `remove/${version}/rebuild`, kind: 'remove-objects', notBefore: Date.now() + this.context.options.graceMs, payload: JSON.stringify(work) } };
    });
  }
}

/** What was sent first, of a version that is updated. */
function originalOf(before: Noted | undefined): OriginalVersion | undefined {
  if (!before) return undefined;
  const { objectKey, size, sha256, original } = before.parsed;
  return original ?? { version: before.version, objectKey, size, sha256 };
}

function versionsOf(noted: Noted | undefined): Pick<OriginalVersion, 'version' | 'objectKey'>[] {
  if (!noted) return [];
  const { objectKey, original } = noted.parsed;
  return [{ version: noted.version, objectKey }, ...(original ? [original] : [])];
}

function nameOf({ study, series, sop }: ChangeRecord): string {
  return `${study}/${series}/${sop}`;
}

function rowOf({ parsed, ...row }: Noted): RestorationRow {
  return { ...row, facts: JSON.stringify(parsed) };
}

function placeOf({ partition, study, series, sop }: Place): Place {
  return { partition, study, series, sop };
}
