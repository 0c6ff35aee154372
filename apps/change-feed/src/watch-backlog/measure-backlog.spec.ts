import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FEED_PUBLISHED, moveCursor } from '@isocenter/metadata-store';
import { FeedUnderTest } from '../../test/feed-under-test.js';
import { writeSegment } from '../write-journal/write-segment.js';
import { measureBacklog } from './measure-backlog.js';

describe('measureBacklog', () => {
  let feed: FeedUnderTest;
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
  });
  afterEach(() => feed.close());

  it('given an empty archive, then nothing is behind', async () => {
    expect(await measureBacklog(feed.store, 5_000)).toEqual({ unnumberedSeconds: 0, unpublished: 0, unjournaled: 0 });
  });

  it('given a change without a number, then how long it is there', async () => {
    await feed.announce({});
    expect(await measureBacklog(feed.store, 5_001)).toMatchObject({ unnumberedSeconds: 5 });
  });

  it('given numbered changes, then how many the topic and the journal do not have', async () => {
    await feed.feed({}, {}, {});
    await feed.store.commit({ writes: [moveCursor(FEED_PUBLISHED, undefined, 2)] });
    expect(await measureBacklog(feed.store, 5_000)).toEqual({ unnumberedSeconds: 0, unpublished: 1, unjournaled: 3 });
    while (await writeSegment(feed.store, feed.objects));
    expect(await measureBacklog(feed.store, 5_000)).toMatchObject({ unjournaled: 0 });
  });
});
