import { TOPICS } from '@isocenter/event-log';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FeedUnderTest, isWatermark, sequenceOf } from '../../test/feed-under-test.js';
import { Lease } from '../hold-lease/lease.js';
import { partitionKeys } from './partition-keys.js';
import { publishChanges } from './publish-changes.js';
import { writeWatermarks } from './write-watermarks.js';

describe('writeWatermarks', () => {
  let feed: FeedUnderTest;
  let lease: Lease;
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
    lease = new Lease(feed.store, 'lease', 3_600_000);
  });
  afterEach(() => feed.close());

  const publish = async (): Promise<void> => {
    await feed.feed({}, {});
    await publishChanges({ store: feed.store, objects: feed.objects, eventLog: feed.ports.eventLog }, { serviceHostName: 'h', metadataInEvents: false }, lease);
  };
  const write = (marked: number, by = lease): Promise<number> => writeWatermarks({ store: feed.store, eventLog: feed.ports.eventLog }, marked, 'h', by);
  const marks = (): number[][] => feed.topic().map((records) => records.filter(isWatermark).map(sequenceOf));

  it('given nothing was ever published, then nothing is written', async () => {
    expect(await write(0)).toBe(0);
    expect(marks()).toEqual([[], [], [], []]);
  });

  it('given that more is published than was marked, then one record in each partition says how far; given no more, then nothing', async () => {
    await publish();
    expect(await write(0)).toBe(2);
    expect(await write(2)).toBe(2);
    expect(marks()).toEqual([[2], [2], [2], [2]]);
    await publish();
    expect(await write(2)).toBe(4);
    expect(marks()).toEqual([[2, 4], [2, 4], [2, 4], [2, 4]]);
  });

  it('given changes that have numbers but are not in the topic yet, then they are not promised', async () => {
    await publish();
    await feed.feed({}, {}, {});
    expect(await write(0)).toBe(2);
  });

  it('given that another replica does the work, then nothing is written, and it is looked at again', async () => {
    await publish();
    expect(await write(0, new Lease(feed.store, 'lease', 3_600_000))).toBe(0);
    expect(marks()).toEqual([[], [], [], []]);
  });

  it('then the keys lead to every partition, and no study can have one', () => {
    const { eventLog } = feed.ports;
    const keys = partitionKeys(eventLog, TOPICS.changeFeed);
    expect(keys.map((key) => eventLog.partitionOf(TOPICS.changeFeed, key))).toEqual([0, 1, 2, 3]);
    for (const key of keys) expect(key).toMatch(/^\//);
  });
});
