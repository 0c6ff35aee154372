import { TOPICS } from '@isocenter/event-log';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { consumeAsTold, FeedUnderTest, isWatermark, sequenceOf, type Announced } from '../../test/feed-under-test.js';
import { startChangeFeed } from '../../test/start-change-feed.js';

// What is looked at once a second takes some on a busy machine.

describe('the service change-feed, as the publisher of the topic', () => {
  let feed: FeedUnderTest;
  let apps: INestApplicationContext[];
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
    apps = [];
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    await feed.close();
  });

  const start = async (): Promise<INestApplicationContext> => {
    const app = await startChangeFeed(feed);
    apps.push(app);
    return app;
  };
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await pause(5);
  };
  const lastMarks = (): number[] => feed.topic().map((records) => records.filter(isWatermark).map(sequenceOf).at(-1) ?? 0);
  const marked = (sequence: number): Promise<void> => until(() => lastMarks().every((mark) => mark === sequence));
  const studies = (count: number): Announced[] => Array.from({ length: count }, (_, at) => ({ study: String(at) }));

  it('given changes, then each topic partition has them, then a watermark that says so', async () => {
    await start();
    await feed.announce(...studies(40));
    await marked(40);
    const homes = new Map((await feed.store.listChanges({ after: 0, limit: 100 })).map(({ sequence, study }) => [sequence, feed.ports.eventLog.partitionOf(TOPICS.changeFeed, `Microsoft.Default/${study}`)]));
    expect(consumeAsTold(feed.topic(), (sequence) => homes.get(sequence)!)).toEqual({ sequences: Array.from({ length: 40 }, (_, at) => at + 1), doubles: 0 });
    const [watermark] = feed.topic()[2]!.filter(isWatermark).slice(-1);
    expect(watermark).toMatchObject({ key: expect.stringMatching(/^\/watermark\/\d+$/), headers: { ce_type: 'isocenter.watermark.v1', ce_id: 'watermark-40-2', ce_sequence: '0000000000000040' } });
    expect(JSON.parse(watermark!.value.toString())).toEqual({ sequenceNumber: 40, topicPartition: 2 });
  });

  it('given a start, then the watermark is said once more, since nobody knows whether the last process did', async () => {
    await start();
    await feed.announce({});
    await marked(1);
    await apps.pop()!.close();
    const before = feed.topic().flat().length;
    await start();
    await until(() => feed.topic().flat().length === before + 4);
    expect(lastMarks()).toEqual([1, 1, 1, 1]);
  });

  it('given several replicas that come and go, then one publishes at a time: no double, no gap', async () => {
    const [first] = [await start(), await start(), await start()];
    await feed.announce(...studies(10));
    await marked(10);
    apps.shift();
    await first!.close();
    await feed.announce(...studies(10));
    await marked(20);
    const { sequences, doubles } = consumeAsTold(feed.topic(), () => -1);
    expect([sequences, doubles]).toEqual([Array.from({ length: 20 }, (_, at) => at + 1), 0]);
  });
});
