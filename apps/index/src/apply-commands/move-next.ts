import { cursorName } from '@isocenter/commands';
import type { LogBatch } from '@isocenter/event-log';
import type { CursorRow, MetadataStore, Write } from '@isocenter/metadata-store';
import { Ordinals } from './ordinals.js';

/** What moves with a log partition's `next`, in the row's `detail`. */
interface Detail {
  /** The last order of store that was given. */
  readonly ordinal?: number;
  /** Moved by who adds or deletes extended query tags: then the owner's next transaction fails, and it reads them anew. */
  readonly tagSet?: number;
}

export function tagSetOf({ detail }: CursorRow): number {
  return detailOf(detail).tagSet ?? 0;
}

function detailOf(text: string): Detail {
  return text === '' ? {} : (JSON.parse(text) as Detail);
}

/** The detail with another set of tags. */
export function withTagSet(detail: string, tagSet: number): string {
  return JSON.stringify({ ...detailOf(detail), tagSet } satisfies Detail);
}

export interface NextRow {
  readonly ordinals: Ordinals;
  /** The condition of the transaction: nobody moved `next` since it was read. `write` is always its first; then the row is `row`. */
  move(first: number, end: number): { readonly write: Write; readonly row: CursorRow };
}

/** `known`: the row as this owner left it. */
export async function readNext({ topic, partition }: LogBatch, store: MetadataStore, known: CursorRow | undefined): Promise<NextRow> {
  const name = cursorName(topic, partition);
  const stored = known ?? (await store.readCursor(name));
  const before = detailOf(stored?.detail ?? '');
  const ordinals = new Ordinals(before.ordinal ?? 0, partition);
  return {
    ordinals,
    move: (first, end) => {
      const detail = JSON.stringify({ ...before, ordinal: ordinals.last } satisfies Detail);
      const row = { name, position: end, detail };
      if (!stored && first === 0) return { row, write: { op: 'insert', table: 'cursors', row } };
      return { row, write: { op: 'update', table: 'cursors', key: { name }, expect: { position: first, ...(stored && { detail: stored.detail }) }, set: { position: end, detail } } };
    },
  };
}
