import { FilesObjectStore, instanceKey, segmentKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changeLine, partitionLine } from './journal-record.js';
import { findJournalEnd, listSegments, readSegment, type SegmentContent } from './read-journal.js';

describe('the journal, read', () => {
  let folder: string;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-journal-'));
    objects = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await objects.close();
    await rm(folder, { recursive: true });
  });

  const line = (sequence: number): string => changeLine({
    sequence, timestamp: '2026-01-01T00:00:00.0000001Z', partitionName: 'p', study: '1', series: '2', sop: '3', version: 'v', action: 'create', decidedAt: 5,
    detail: JSON.stringify({ size: 7, traceparent: '00-1' }), logPartition: 0, logOffset: 0, place: 0, partition: 1, currentVersion: null,
  });
  const put = (first: number, last: number, ...lines: string[]): Promise<unknown> => objects.put(segmentKey({ first, last }), Buffer.from(`${lines.join('\n')}\n`));
  const read = async (): Promise<SegmentContent[]> => {
    const read: SegmentContent[] = [];
    for await (const segment of listSegments(objects)) read.push(await readSegment(objects, segment));
    return read;
  };

  it('given segments one after the other, then their records as they were written, and where they end', async () => {
    await put(1, 2, partitionLine({ key: 1, name: 'p', createdAt: 'then' }), line(1), line(2));
    await put(3, 3, line(3));
    expect(await findJournalEnd(objects)).toEqual({ last: 3, lastFirst: 3 });
    const [first, second] = await read();
    expect(first).toMatchObject({ partitions: [{ key: 1, name: 'p', createdAt: 'then' }], changes: [{ sequence: 1 }, { sequence: 2 }] });
    expect(second!.changes).toEqual([{ kind: 'change', sequence: 3, timestamp: '2026-01-01T00:00:00.0000001Z', partition: 'p', study: '1', series: '2', sop: '3', version: 'v', action: 'create', decidedAt: 5, detail: { size: 7 } }]);
  });

  it('given a partition that is called as the journal\'s folder is, then its objects are no part of it', async () => {
    for (const study of ['0.1', '1.2']) await objects.put(instanceKey({ partition: 'journal', studyInstanceUid: study, seriesInstanceUid: '2', sopInstanceUid: '3' }, 'v'), Buffer.from('DICM'));
    await put(1, 1, line(1));
    expect(await findJournalEnd(objects)).toEqual({ last: 1, lastFirst: 1 });
    expect(await read()).toHaveLength(1);
  });

  it('given no journal, then it ends at 0', async () => {
    expect(await findJournalEnd(objects)).toEqual({ last: 0, lastFirst: 1 });
  });

  it.each<[[number, number][], RegExp]>([
    [[[2, 3]], /the change 1 is missing/], [[[1, 1], [4, 5]], /the changes 2 to 3 are missing/], [[[1, 3], [3, 4]], /the change 3 twice/],
  ])('given the segments %j, then it says what is wrong', async (segments, text) => {
    for (const [first, last] of segments) await put(first, last, 'x');
    await expect(findJournalEnd(objects)).rejects.toThrow(text);
  });

  it.each<[string, string[], RegExp]>([
    ['that ends early', [line(1)], /the change 2 is missing/], ['with a hole', [line(1), line(3)], /the change 2 is missing/], ['with a line that is none', [line(1), 'x', line(2)], /Line 2/], ['cut in a line', [line(1), line(2).slice(0, 20)], /the change 2 is missing/],
  ])('given a segment %s, then it says what is wrong', async (_, lines, text) => {
    await put(1, 2, ...lines);
    await expect(read()).rejects.toThrow(text);
  });
});
