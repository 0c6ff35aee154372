import { changeLine, partitionLine } from '@isocenter/journal';
import { FEED_JOURNAL, moveCursor, type CursorRow, type MetadataStore } from '@isocenter/metadata-store';
import { ObjectExistsError, segmentKey, type ObjectStore } from '@isocenter/object-store';

/** Changes of one segment at most. */
const SEGMENT_CHANGES = 5_000;

/** How far the journal is. As a cursor: position `last`, detail `partition`, and while a segment is open ` first partitionBefore` behind it. */
export interface JournalState {
  /** The last sequence that belongs to a segment. */
  readonly last: number;
  /** The key of the last partition in the journal. */
  readonly partition: number;
  /** The segment that ends with `last` may not be written yet. */
  readonly open?: { readonly first: number; readonly partitionBefore: number };
}

/**
 * One step of the journal: takes the range of the next segment, or writes the one that is taken. What is in a segment follows
 * from its range, so whoever writes it, and however often, writes the same; and ranges never overlap, since the cursor moves
 * before. True when another step must follow.
 */
export async function writeSegment(store: MetadataStore, objects: ObjectStore): Promise<boolean> {
  const row = await store.readCursor(FEED_JOURNAL);
  const state = stateOf(row);
  if (!state.open) return takeRange(store, row, state);
  await putSegment(store, objects, state);
  await store.commit({ writes: [{ op: 'update', table: 'cursors', key: { name: FEED_JOURNAL }, expect: { position: row!.position, detail: row!.detail }, set: { detail: String(state.partition) } }] });
  return true;
}

export async function readJournalState(store: MetadataStore): Promise<JournalState> {
  return stateOf(await store.readCursor(FEED_JOURNAL));
}

function stateOf(row: CursorRow | undefined): JournalState {
  const [partition = 0, first, partitionBefore] = (row?.detail ?? '0').split(' ').map(Number);
  return { last: row?.position ?? 0, partition, ...(first !== undefined && { open: { first, partitionBefore: partitionBefore! } }) };
}

async function takeRange(store: MetadataStore, row: CursorRow | undefined, { last, partition }: JournalState): Promise<boolean> {
  const changes = await store.listChanges({ after: last, limit: SEGMENT_CHANGES });
  if (changes.length === 0) return false;
  // Read behind the changes, so that none is of a partition which is not in the journal yet.
  const newPartition = (await store.listPartitions(partition)).at(-1)?.key ?? partition;
  await store.commit({ writes: [moveCursor(FEED_JOURNAL, row, changes.at(-1)!.sequence, `${newPartition} ${last + 1} ${partition}`)] });
  return true;
}

async function putSegment(store: MetadataStore, objects: ObjectStore, { last, partition, open }: JournalState): Promise<void> {
  const { first, partitionBefore } = open!;
  const partitions = (await store.listPartitions(partitionBefore)).filter(({ key }) => key <= partition);
  const changes = await store.listChanges({ after: first - 1, upTo: last, limit: SEGMENT_CHANGES });
  const lines = [...partitions.map(partitionLine), ...changes.map(changeLine)];
  try {
    await objects.put(segmentKey({ first, last }), Buffer.from(`${lines.join('\n')}\n`));
  } catch (error) {
    if (!(error instanceof ObjectExistsError)) throw error;
  }
}
