import { FEED_LAST, REBUILD } from '@isocenter/metadata-store';
import { segmentKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FeedUnderTest } from '../../test/feed-under-test.js';
import type { ChangeFeedOptions } from '../change-feed-options.js';
import { Lease } from '../hold-lease/lease.js';
import { Numberer } from './numberer.js';

const LEASE = 'change-feed/lease';
const options = { log: { warn: () => undefined } } as unknown as ChangeFeedOptions;

describe('numberers of several replicas', () => {
  let feed: FeedUnderTest;
  let numberers: Numberer[];
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
    numberers = [];
  });
  afterEach(async () => {
    for (const numberer of numberers) await numberer.onApplicationShutdown();
    await feed.close();
  });

  const replica = (): { numberer: Numberer; lease: Lease; looked: () => Promise<void> } => {
    const lease = new Lease(feed.store, LEASE);
    const numberer = new Numberer(feed.store, feed.objects, options, lease);
    numberers.push(numberer);
    return { numberer, lease, looked: () => new Promise((resolve) => {
      const forget = numberer.onNumbered(() => {
        forget();
        resolve();
      });
    }) };
  };
  const unnumbered = async (): Promise<number> => (await feed.store.listUnnumberedChanges(10)).length;

  it('given the lease with another replica, then changes are left to that one', async () => {
    await replica().lease.hold();
    const other = replica();
    await feed.announce({}, {});
    const looked = other.looked();
    other.numberer.onApplicationBootstrap();
    await looked;
    expect(await unnumbered()).toBe(2);
  });

  it('given a request that waits, then its replica numbers them all the same', async () => {
    await replica().lease.hold();
    const other = replica();
    await feed.announce({}, {});
    await other.numberer.settled(5_000);
    expect(await unnumbered()).toBe(0);
  });

  it('given a journal that tells of more than the metadata, or a rebuild that runs, then no change gets a number', async () => {
    await feed.objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('{}'));
    await feed.announce({});
    await replica().numberer.settled(5_000);
    expect(await unnumbered()).toBe(1);
    await feed.store.commit({ writes: [{ op: 'insert', table: 'cursors', row: { name: FEED_LAST, position: 7, detail: '2026-01-01T00:00:00.0000000Z' } }, { op: 'insert', table: 'cursors', row: { name: REBUILD, position: 7, detail: 'restoring' } }] });
    await replica().numberer.settled(5_000);
    expect(await unnumbered()).toBe(1);
    await feed.store.commit({ writes: [{ op: 'update', table: 'cursors', key: { name: REBUILD }, set: { detail: '' } }] });
    await replica().numberer.settled(5_000);
    expect((await feed.store.latestChange())?.sequence).toBe(8);
  });

  it('given a rebuild in place, then changes get numbers', async () => {
    await feed.store.commit({ writes: [{ op: 'insert', table: 'cursors', row: { name: REBUILD, position: 0, detail: 'deriving' } }] });
    await feed.announce({});
    await replica().numberer.settled(5_000);
    expect((await feed.store.latestChange())?.sequence).toBe(1);
  });

  it('given an older copy of the metadata that is brought back under it, then no number is given twice', async () => {
    const { numberer } = replica();
    await feed.announce({}, {});
    await numberer.settled(5_000);
    await feed.objects.put(segmentKey({ first: 1, last: 2 }), Buffer.from('{}'));
    await feed.store.commit({ writes: [{ op: 'update', table: 'cursors', key: { name: FEED_LAST }, set: { position: 1 } }] });
    await feed.announce({});
    await numberer.settled(5_000);
    expect(await unnumbered()).toBe(1);
  });

  it('given nobody with the lease, then the one that looks takes it', async () => {
    const only = replica();
    await feed.announce({}, {});
    const looked = only.looked();
    only.numberer.onApplicationBootstrap();
    await looked;
    expect([await unnumbered(), only.lease.held]).toEqual([0, true]);
  });
});
