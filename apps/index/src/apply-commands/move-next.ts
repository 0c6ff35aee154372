import type { LogBatch } from '@isocenter/event-log';
import type { MetadataStore, Write } from '@isocenter/metadata-store';
import { Ordinals } from './ordinals.js';

export function cursorName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

/** What moves with a log partition's `next`, in the row's `detail`. */
interface Detail {
  /** The last order of store that was given. */
  readonly ordinal?: number;
}

export interface NextRow {
  readonly ordinals: Ordinals;
  /** The condition of the transaction: nobody moved `next` since it was read. Always its first write. */
  move(first: number, end: number): Write;
}

export async function readNext({ topic, partition }: LogBatch, store: MetadataStore): Promise<NextRow> {
  const name = cursorName(topic, partition);
  const stored = await store.readCursor(name);
  const before: Detail = stored && stored.detail !== '' ? (JSON.parse(stored.detail) as Detail) : {};
  const ordinals = new Ordinals(before.ordinal ?? 0, partition);
  return {
    ordinals,
    move: (first, end) => {
      const detail = JSON.stringify({ ...before, ordinal: ordinals.last } satisfies Detail);
      if (!stored && first === 0) return { op: 'insert', table: 'cursors', row: { name, position: end, detail } };
      return { op: 'update', table: 'cursors', key: { name }, expect: { position: first, ...(stored && { detail: stored.detail }) }, set: { position: end, detail } };
    },
  };
}
