import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { AttributeSetRow } from '../rows.js';
import type { Outcome, Write } from '../transaction.js';
import { insertDecision, instanceRow, put } from './rows.contract.js';

/** Partitions, decisions, instances, attribute sets. `current` gives the store of the test that runs. */
export function describeReads(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const committed = async (...writes: Write[]): Promise<void> => expect(await commit(...writes)).toEqual({ committed: true });
  beforeEach(() => {
    store = current();
  });

  describe('partitions', () => {
    it('given a new store, then the default partition is there with key 1', async () => {
      expect(await store.findPartition('Microsoft.Default')).toMatchObject({ key: 1, name: 'Microsoft.Default', createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
      expect(await store.findPartition('microsoft.default')).toBeUndefined();
    });

    it('given several, then they are listed by key', async () => {
      for (const [key, partition] of [[3, 'b'], [2, 'c']] as const) await committed({ op: 'insert', table: 'partitions', row: { key, name: partition, createdAt: 'now' } });
      expect((await store.listPartitions(0)).map(({ key }) => key)).toEqual([1, 2, 3]);
      expect((await store.listPartitions(2)).map(({ name: found }) => found)).toEqual(['b']);
    });
  });

  describe('decisions', () => {
    it('given two for one command, then the first stays', async () => {
      await committed(insertDecision('c', 'first'));
      expect(await commit(insertDecision('c', 'second'))).toEqual({ committed: false, failed: 0 });
      expect(await store.findDecisions(['c', 'unknown'])).toEqual([{ commandId: 'c', decision: 'first', decidedAt: 1 }]);
      expect(await store.findDecisions([])).toEqual([]);
    });

    it('given old ones, then they are forgotten and counted', async () => {
      await committed(insertDecision('old', 'x', 10), insertDecision('at the border', 'x', 20), insertDecision('new', 'x', 30));
      expect(await store.forgetDecisions(20)).toBe(1);
      expect((await store.findDecisions(['old', 'at the border', 'new'])).map(({ commandId }) => commandId).sort()).toEqual(['at the border', 'new']);
      expect(await store.forgetDecisions(20)).toBe(0);
    });
  });

  describe('instances', () => {
    const scope = { partition: 1, study: '1.1' };
    beforeEach(async () => {
      const rows = [['1.1.2', 'd', 4], ['1.1.1', 'a', 1], ['1.1.1', 'c', 3], ['1.1.2', 'b', 2]] as const;
      await committed(...rows.flatMap(([series, sop, ordinal]) => [put.instance({ series, sop, ordinal, version: `v${ordinal}` }), put.metadata({ series, sop, version: `v${ordinal}`, metadata: Buffer.from(sop) })]));
      await committed(put.instance({ study: '1.2', sop: 'x', ordinal: 5 }), put.instance({ partition: 2, sop: 'y', ordinal: 6 }));
    });
    const sops = (rows: readonly { sop: string }[]): string[] => rows.map(({ sop }) => sop);

    it('given a scope, then they are listed in order of store', async () => {
      expect(sops(await store.listInstances(scope))).toEqual(['a', 'b', 'c', 'd']);
      expect(sops(await store.listInstances({ ...scope, series: '1.1.1' }))).toEqual(['a', 'c']);
      expect(sops(await store.listInstances({ ...scope, series: '1.1.1', sop: 'c' }))).toEqual(['c']);
      expect(await store.listInstances({ ...scope, series: '9' })).toEqual([]);
    });

    it('given bounds, then only those between them, both exclusive', async () => {
      expect(sops(await store.listInstances(scope, { belowOrdinal: 3 }))).toEqual(['a', 'b']);
      expect(sops(await store.listInstances(scope, { afterOrdinal: 1, belowOrdinal: 4 }))).toEqual(['b', 'c']);
      expect(sops(await store.listInstances(scope, { limit: 3 }))).toEqual(['a', 'b', 'c']);
      expect(sops(await store.listInstances(scope, { limit: 20, afterOrdinal: 2 }))).toEqual(['c', 'd']);
    });

    it('given one, then its row and its metadata are found as they were written', async () => {
      expect(await store.findInstance(1, '1.1', '1.1.1', 'a')).toEqual(instanceRow({ sop: 'a', version: 'v1' }));
      const found = await store.findInstanceMetadata(1, '1.1', '1.1.1', 'a');
      expect(found).toMatchObject({ version: 'v1', metadataKey: null, frameTable: null, frameTableKey: 'f', bulk: '[]' });
      expect(Buffer.from(found!.metadata!).toString()).toBe('a');
      expect(Buffer.from(found!.marks)).toEqual(Buffer.from([1, 0, 0, 0]));
      expect(await store.findInstance(2, '1.1', '1.1.1', 'a')).toBeUndefined();
      expect(await store.findInstanceMetadata(1, '1.1', '1.1.2', 'a')).toBeUndefined();
    });

    it('given pages of metadata, then they follow each other in order of store', async () => {
      const first = await store.listInstanceMetadata(scope, -1, 3);
      expect(first.map(({ metadata, ordinal }) => [Buffer.from(metadata!).toString(), ordinal])).toEqual([['a', 1], ['b', 2], ['c', 3]]);
      expect(sops(await store.listInstanceMetadata(scope, first.at(-1)!.ordinal, 100))).toEqual(['d']);
      expect(sops(await store.listInstanceMetadata({ ...scope, series: '1.1.2' }, 2, 100))).toEqual(['d']);
    });
  });

  describe('instances that were updated', () => {
    const scope = { partition: 1, study: '1.1' };
    const original = { updateId: 'o', originalVersion: 'v2', originalObjectKey: 'k2', originalSize: 7, originalSha256: 'h2' };
    beforeEach(async () => {
      await committed(
        put.instance({ sop: 'a', ordinal: 1, version: 'v1' }), put.metadata({ sop: 'a', metadata: Buffer.from('as sent') }),
        put.instance({ sop: 'b', ordinal: 2, version: 'v9', ...original }), put.metadata({ sop: 'b', metadata: Buffer.from('latest') }), put.original({ sop: 'b', version: 'v2', metadata: Buffer.from('first') }),
        put.instance({ sop: 'c', ordinal: 3, version: 'v3' }), put.metadata({ sop: 'c', metadata: Buffer.from('as sent too') }),
      );
    });
    const metadata = async (options?: { original: boolean }, after = -1, limit = 100): Promise<string[]> => (await store.listInstanceMetadata(scope, after, limit, options)).map((row) => `${row.ordinal} ${Buffer.from(row.metadata!).toString()}`);

    it('then the row tells of what was sent first', async () => {
      expect(await store.findInstance(1, '1.1', '1.1.1', 'b')).toMatchObject(original);
      expect(await store.findInstance(1, '1.1', '1.1.1', 'a')).toMatchObject({ updateId: null, originalVersion: null });
    });

    it('then the metadata are the latest, or on demand what was sent first, in order and page by page', async () => {
      expect(await metadata()).toEqual(['1 as sent', '2 latest', '3 as sent too']);
      expect(await metadata({ original: true })).toEqual(['1 as sent', '2 first', '3 as sent too']);
      expect(await metadata({ original: true }, 1, 1)).toEqual(['2 first']);
      expect(await metadata({ original: true }, 2, 1)).toEqual(['3 as sent too']);
    });

    it('then both versions are known', async () => {
      const of = { partition: 1, study: '1.1', series: '1.1.1', sop: 'b' };
      expect(await store.findKnownVersions(['v2', 'v9', 'other'].map((version) => ({ ...of, version })))).toEqual(new Set(['v2', 'v9']));
    });
  });

  describe('attribute sets', () => {
    const set = (digest: string): Write => put.set({ partition: 1, study: '1.1', digest, attributes: `of ${digest}` });
    const none = { upToOrdinal: -1 };
    beforeEach(async () => {
      await committed(...['A', 'B', 'C', 'a', 'b'].map(set), put.set({ partition: 1, study: '1.2', digest: 'D', attributes: 'of D' }));
      await committed(
        put.instance({ sop: '1', ordinal: 1, version: 'v1', studySet: 'A', seriesSet: 'a' }),
        put.instance({ sop: '2', ordinal: 2, version: 'v5', studySet: 'B', seriesSet: 'a' }),
        put.instance({ sop: '3', ordinal: 3, version: 'v3', studySet: 'A', seriesSet: 'b' }),
        put.instance({ series: '1.1.2', sop: '4', ordinal: 4, version: 'v4', studySet: 'C', seriesSet: 'b' }),
        put.instance({ study: '1.2', sop: '5', ordinal: 5, version: 'v6', studySet: 'D', seriesSet: 'b' }),
      );
    });
    const digests = (rows: readonly AttributeSetRow[]): string[] => rows.map(({ digest }) => digest);
    const study = { partition: 1, study: '1.1' };

    it('given a study, then each set is listed once, the newest version first', async () => {
      expect(digests(await store.listAttributeSets('study', study, none))).toEqual(['B', 'C', 'A']);
      expect((await store.listAttributeSets('study', study, none))[0]).toEqual({ partition: 1, study: '1.1', digest: 'B', attributes: 'of B' });
    });

    it('given a series, then only its sets', async () => {
      expect(digests(await store.listAttributeSets('series', { ...study, series: '1.1.1' }, none))).toEqual(['a', 'b']);
      expect(digests(await store.listAttributeSets('series', { ...study, series: '1.1.2' }, none))).toEqual(['b']);
    });

    it('given what goes, then only what is left counts', async () => {
      expect(digests(await store.listAttributeSets('study', study, { upToOrdinal: 2 }))).toEqual(['C', 'A']);
      expect(digests(await store.listAttributeSets('study', study, { series: '1.1.1', upToOrdinal: 3 }))).toEqual(['C']);
      expect(digests(await store.listAttributeSets('study', study, { series: '1.1.1', sop: '2', upToOrdinal: 2 }))).toEqual(['C', 'A']);
      expect(digests(await store.listAttributeSets('series', { ...study, series: '1.1.1' }, { upToOrdinal: 2 }))).toEqual(['b']);
      expect(digests(await store.listAttributeSets('series', { ...study, series: '1.1.1' }, { series: '1.1.2', upToOrdinal: 9 }))).toEqual(['a', 'b']);
      expect(digests(await store.listAttributeSets('study', study, { upToOrdinal: 9 }))).toEqual([]);
    });

    it('given digests, then those that the study has are found', async () => {
      expect((await store.findAttributeSets(1, '1.1', ['A', 'D', 'a'])).sort()).toEqual(['A', 'a']);
      expect(await store.findAttributeSets(2, '1.1', ['A'])).toEqual([]);
      expect(await store.findAttributeSets(1, '1.1', [])).toEqual([]);
    });
  });
}
