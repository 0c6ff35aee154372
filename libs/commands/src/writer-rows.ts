import { TOPICS, type EventLog } from '@isocenter/event-log';
import type { CursorRow, MetadataStore } from '@isocenter/metadata-store';

/** Where the writer of a log partition stands; what else moves with it stands in the detail, JSON or ''. */
export function cursorName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** A busy owner moves its row all the time: after so many tries it is tried again later. */
const ATTEMPTS = 100;

/** The owner of a log partition was always faster. */
export class WriterNotDisturbedError extends Error {
  override readonly name = 'WriterNotDisturbedError';
  readonly retriable = true;
  constructor(partition: number) {
    super(`The row of the writer of log partition ${partition} could not be moved ${ATTEMPTS} times.`);
  }
}

/**
 * From then on no transaction of the writers commits with what they read before: whatever they remember of the store, they
 * read it anew. A log partition of which nothing was ever applied begins behind what is in it now: what is older was decided
 * in a store that is lost. `passOver`: so does every other one.
 */
export async function disturbWriters(store: MetadataStore, eventLog: EventLog, passOver = false): Promise<void> {
  const { instanceCommands } = TOPICS;
  const ends = await eventLog.ends(instanceCommands);
  for (const [partition, end] of ends.entries()) await disturbWriter(store, cursorName(instanceCommands.name, partition), partition, end, passOver);
}

async function disturbWriter(store: MetadataStore, name: string, partition: number, end: number, passOver: boolean): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await store.readCursor(name);
    const detail = disturbed(row);
    const write = row
      ? ({ op: 'update', table: 'cursors', key: { name }, expect: { position: row.position, detail: row.detail }, set: { position: passOver ? Math.max(end, row.position) : row.position, detail } } as const)
      : ({ op: 'insert', table: 'cursors', row: { name, position: end, detail } } as const);
    if ((await store.commit({ writes: [write] })).committed) return;
  }
  throw new WriterNotDisturbedError(partition);
}

function disturbed(row: CursorRow | undefined): string {
  const { disturbed: times = 0, ...rest } = (row && row.detail !== '' ? JSON.parse(row.detail) : {}) as { disturbed?: number };
  return JSON.stringify({ ...rest, disturbed: times + 1 });
}
