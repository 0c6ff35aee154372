import { cursorName } from '@isocenter/commands';
import type { CursorRow, MetadataStore, Write } from '@isocenter/metadata-store';
import { tagSetOf, withTagSet } from '../apply-commands/move-next.js';

/** A busy owner moves the row all the time: after so many tries it is tried again later. */
const ATTEMPTS = 100;

/** The owner of a log partition was always faster. */
export class TagSetNotMovedError extends Error {
  override readonly name = 'TagSetNotMovedError';
  readonly retriable = true;
  constructor(partition: number) {
    super(`The set of extended query tags of log partition ${partition} could not be moved ${ATTEMPTS} times.`);
  }
}

/** From then on no transaction of the log partition commits with the tags that its owner read before. Not synced: a power cut takes back what was committed behind it too. */
export async function moveTagSet(store: MetadataStore, topic: string, partition: number, tagSet: number): Promise<void> {
  const name = cursorName(topic, partition);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await store.readCursor(name);
    if (row && tagSetOf(row) === tagSet) return;
    if ((await store.commit({ writes: [moved(name, row, tagSet)], durable: false })).committed) return;
  }
  throw new TagSetNotMovedError(partition);
}

/** A partition without a row has had no command yet. */
function moved(name: string, row: CursorRow | undefined, tagSet: number): Write {
  const detail = withTagSet(row?.detail ?? '', tagSet);
  if (!row) return { op: 'insert', table: 'cursors', row: { name, position: 0, detail } };
  return { op: 'update', table: 'cursors', key: { name }, expect: { position: row.position, detail: row.detail }, set: { detail } };
}
