import { REBUILD, type CursorRow, type MetadataStore, type RebuildState, type Write } from '@isocenter/metadata-store';

/**
 * Moves the state of rebuilds, with more writes in the same transaction. False, and nothing is written, when it is not `before`
 * any more, or when the operation has ended: a process may be paused for longer than its lease, and another one has gone on.
 * The position stays: what was brought back is.
 */
export async function moveState(store: MetadataStore, operation: string, before: CursorRow | undefined, detail: RebuildState, more: readonly Write[] = []): Promise<boolean> {
  const state: Write = before
    ? { op: 'update', table: 'cursors', key: { name: REBUILD }, expect: { position: before.position, detail: before.detail }, set: { detail } }
    : { op: 'insert', table: 'cursors', row: { name: REBUILD, position: 0, detail } };
  const open: Write = { op: 'update', table: 'operations', key: { id: operation }, expect: { status: 'running' }, set: { status: 'running' } };
  return (await store.commit({ writes: [state, open, ...more] })).committed;
}
