import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { RestorationRow } from '../rows.js';

const row = (study: string, sop: string, sequence: number, partition = 1): RestorationRow => ({ partition, study, series: `${study}.1`, sop, sequence, version: `v${sequence}`, facts: '{}' });

/** What a rebuild has yet to bring back. `current` gives the store of the test that runs. */
export function describeRestorations(current: () => MetadataStore): void {
  let store: MetadataStore;
  beforeEach(async () => {
    store = current();
    const rows = [row('1.2', '3', 4), row('1.10', '1', 9), row('1.2', '1', 7), row('1.2', '9', 1, 2)];
    await store.commit({ writes: rows.map((one) => ({ op: 'put', table: 'restorations', row: one })) });
  });

  describe('restorations', () => {
    it('given some, then study by study, in the order of their sequences, as many as are asked for', async () => {
      expect((await store.listRestorations(undefined, 10)).map(({ sequence }) => sequence)).toEqual([9, 4, 7, 1]);
      expect((await store.listRestorations(undefined, 2)).map(({ sequence }) => sequence)).toEqual([9, 4]);
    });

    it('given a study, then those of it alone', async () => {
      expect((await store.listRestorations({ partition: 1, study: '1.2' }, 10)).map(({ sequence }) => sequence)).toEqual([4, 7]);
      expect(await store.listRestorations({ partition: 1, study: '1.9' }, 1)).toEqual([]);
    });

    it('given an instance, then its row whole, until it is removed', async () => {
      expect(await store.findRestoration(1, '1.2', '1.2.1', '3')).toEqual(row('1.2', '3', 4));
      await store.commit({ writes: [{ op: 'remove', table: 'restorations', key: { partition: 1, study: '1.2', series: '1.2.1', sop: '3' } }] });
      expect(await store.findRestoration(1, '1.2', '1.2.1', '3')).toBeUndefined();
    });
  });
}
