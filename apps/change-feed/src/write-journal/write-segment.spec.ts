import { parseSegmentKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FeedUnderTest, type Announced } from '../../test/feed-under-test.js';
import { readJournalState, writeSegment } from './write-segment.js';

describe('writeSegment', () => {
  let feed: FeedUnderTest;
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
  });
  afterEach(() => feed.close());

  const step = (): Promise<boolean> => writeSegment(feed.store, feed.objects);
  const writeAll = async (): Promise<void> => {
    while (await step());
  };
  const studies = (count: number): Announced[] => Array.from({ length: count }, (_, at) => ({ study: String(at) }));
  const segments = async (): Promise<{ first: number; last: number; lines: { kind: string; sequence?: number; name?: string }[] }[]> => {
    const found = [];
    for await (const { key, size } of feed.objects.list('journal/')) {
      const text = (await feed.objects.readRange(key, 0, size)).toString();
      found.push({ ...parseSegmentKey(key)!, lines: text.trimEnd().split('\n').map((line) => JSON.parse(line) as { kind: string }) });
    }
    return found;
  };
  const sequences = async (): Promise<number[]> => (await segments()).flatMap(({ lines }) => lines.flatMap(({ sequence }) => sequence ?? []));
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);

  it('given nothing, then nothing is written', async () => {
    expect(await step()).toBe(false);
    expect(await segments()).toEqual([]);
  });

  it('given changes, then a segment that is named as its range, partitions first', async () => {
    await feed.feed(...studies(3));
    await writeAll();
    const [segment, ...others] = await segments();
    expect(others).toEqual([]);
    expect(segment).toMatchObject({ first: 1, last: 3, lines: [{ kind: 'partition', name: 'Microsoft.Default' }, { sequence: 1 }, { sequence: 2 }, { sequence: 3 }] });
    expect(await readJournalState(feed.store)).toEqual({ last: 3, partition: 1 });
  });

  it('given partitions that come later, then each stands once, before the first of its changes', async () => {
    await feed.feed({});
    await writeAll();
    await feed.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'b', createdAt: 'now' } }] });
    await feed.feed({ partition: 2 });
    await writeAll();
    expect((await segments()).map(({ lines }) => lines.map(({ kind, name, sequence }) => name ?? `${kind} ${sequence}`))).toEqual([['Microsoft.Default', 'change 1'], ['b', 'change 2']]);
  });

  it('given a process that died with a range taken, then the next writes that range, and goes on behind it', async () => {
    await feed.feed(...studies(3));
    await step();
    expect(await readJournalState(feed.store)).toEqual({ last: 3, partition: 1, open: { first: 1, partitionBefore: 0 } });
    // Neither newer changes nor newer partitions get into it.
    await feed.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'b', createdAt: 'now' } }] });
    await feed.feed(...studies(2));
    await writeAll();
    expect((await segments()).map(({ first, last, lines }) => [first, last, lines.filter(({ kind }) => kind === 'partition').length])).toEqual([[1, 3, 1], [4, 5, 1]]);
    expect(await sequences()).toEqual(upTo(5));
  });

  it('given a process that died behind the write, then the segment that is there counts', async () => {
    await feed.feed(...studies(3));
    await step();
    const row = (await feed.store.readCursor('change-feed/journal'))!;
    await step();
    await feed.store.commit({ writes: [{ op: 'put', table: 'cursors', row }] });
    await writeAll();
    expect(await sequences()).toEqual(upTo(3));
  });

  it('given several replicas at once, then no sequence is missing and none is there twice', async () => {
    for (let round = 1; round <= 5; round += 1) {
      await feed.feed(...studies(10));
      await Promise.all([writeAll(), writeAll(), writeAll()]);
      expect(await sequences()).toEqual(upTo(round * 10));
    }
  });

  it('given more than one segment holds, then several', async () => {
    for (let part = 0; part < 6; part += 1) await feed.feed(...studies(1_000));
    await writeAll();
    expect((await segments()).map(({ first, last }) => [first, last])).toEqual([[1, 5_000], [5_001, 6_000]]);
  });
});
