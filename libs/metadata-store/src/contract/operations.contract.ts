import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { OperationRow } from '../rows.js';
import type { Outcome, Write } from '../transaction.js';

function operationRow(over: Partial<OperationRow> = {}): OperationRow {
  return {
    id: 'a', type: 'reindex', partition: null, request: '{}', state: '{}', status: 'notStarted', percentComplete: 0, results: null, error: null, resources: '[]',
    cancelAsked: 0, holder: '', edits: 0, createdBy: 'me', createdAt: '2026-01-01T00:00:00.000Z', lastUpdatedAt: '2026-01-01T00:00:00.000Z', ...over,
  };
}

/** Long work. `current` gives the store of the test that runs. */
export function describeOperations(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const insert = (row: OperationRow): Write => ({ op: 'insert', table: 'operations', row });
  beforeEach(() => {
    store = current();
  });

  describe('operations', () => {
    it('given one, then it is found whole by its id', async () => {
      const row = operationRow({ partition: 'ward', status: 'failed', percentComplete: 40, results: '{"a":1}', error: 'e', holder: 'h', edits: 3 });
      expect(await commit(insert(row))).toEqual({ committed: true });
      expect(await store.findOperation('a')).toEqual(row);
      expect(await store.findOperation('b')).toBeUndefined();
    });

    it('given some, then those of the types that have not ended, in the order of their start', async () => {
      const rows = [
        operationRow({ id: 'a', createdAt: '2026-01-03' }), operationRow({ id: 'b', createdAt: '2026-01-02', status: 'running', type: 'update' }), operationRow({ id: 'c', createdAt: '2026-01-01', type: 'export' }),
        ...(['succeeded', 'failed', 'canceled'] as const).map((status) => operationRow({ id: status, status })),
      ];
      expect(await commit(...rows.map(insert))).toEqual({ committed: true });
      expect((await store.listOpenOperations(['reindex', 'update'])).map(({ id }) => id)).toEqual(['b', 'a']);
      expect((await store.listOpenOperations(['export'])).map(({ id }) => id)).toEqual(['c']);
      expect(await store.listOpenOperations(['other'])).toEqual([]);
    });

    it('given two that want the lease, then the first one gets it; a wish to cancel does not disturb its holder', async () => {
      await commit(insert(operationRow()));
      const claim = (holder: string): Promise<Outcome> => commit({ op: 'update', table: 'operations', key: { id: 'a' }, expect: { holder: '', edits: 0 }, set: { holder, edits: 1, status: 'running' } });
      expect(await claim('one')).toEqual({ committed: true });
      expect(await claim('other')).toEqual({ committed: false, failed: 0 });
      expect(await commit({ op: 'update', table: 'operations', key: { id: 'a' }, expect: { status: 'running' }, set: { cancelAsked: 1 } })).toEqual({ committed: true });
      expect(await commit({ op: 'update', table: 'operations', key: { id: 'a' }, expect: { holder: 'one', edits: 1 }, set: { percentComplete: 10, edits: 2 } })).toEqual({ committed: true });
      expect(await store.findOperation('a')).toMatchObject({ holder: 'one', cancelAsked: 1, percentComplete: 10, edits: 2 });
    });
  });
}
