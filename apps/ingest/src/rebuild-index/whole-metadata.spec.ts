import { cursorName } from '@isocenter/commands';
import { TOPICS } from '@isocenter/event-log';
import { FEED_LAST, REBUILD, type CursorRow } from '@isocenter/metadata-store';
import { FilesObjectStore, segmentKey } from '@isocenter/object-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import 'reflect-metadata';
import type { IngestOptions } from '../ingest-options.js';
import { WholeMetadata } from './whole-metadata.js';

const options = { log: { warn: () => undefined, error: () => undefined } } as unknown as IngestOptions;

describe('WholeMetadata', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
  });
  afterEach(async () => {
    await objects.close();
    await ports.close();
  });

  const metadata = (): WholeMetadata => new WholeMetadata(ports.store, objects, ports.eventLog, options);
  const put = (row: CursorRow): Promise<unknown> => ports.store.commit({ writes: [{ op: 'put', table: 'cursors', row }] });
  const state = async (): Promise<string | undefined> => (await ports.store.readCursor(REBUILD))?.detail;

  it('given a new archive, or one that knows all of its journal, then writes are taken', async () => {
    await metadata().require();
    await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    await put({ name: FEED_LAST, position: 7, detail: '2026-01-01T00:00:00.0000000Z' });
    await metadata().require();
    expect(await state()).toBeUndefined();
  });

  it('given a journal that tells of more, then they are refused, and the store says so to all; brought back, they are taken again', async () => {
    await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    await expect(metadata().require()).rejects.toThrow('npx isocenter rebuild-index');
    expect(await state()).toBe('lost');
    await put({ name: FEED_LAST, position: 7, detail: '2026-01-01T00:00:00.0000000Z' });
    await metadata().require();
    expect(await state()).toBe('');
  });

  it('given a journal that tells of more, then the writers are told at once, and begin behind what is in the log', async () => {
    await ports.eventLog.append(TOPICS.instanceCommands, [{ key: 'k', headers: {}, value: Buffer.from('x') }]);
    await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    const process = metadata();
    process.onApplicationBootstrap();
    await process.onApplicationShutdown();
    const { instanceCommands } = TOPICS;
    const ends = await ports.eventLog.ends(instanceCommands);
    expect(ends.filter((end) => end > 0)).toHaveLength(1);
    expect(await Promise.all(ends.map((_end, partition) => ports.store.readCursor(cursorName(instanceCommands.name, partition))))).toEqual(ends.map((position) => expect.objectContaining({ position, detail: '{"disturbed":1}' })));
  });

  it('given an older copy of the metadata that is brought back under a process, then it is found out', async () => {
    const process = metadata();
    await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    await put({ name: FEED_LAST, position: 7, detail: '2026-01-01T00:00:00.0000000Z' });
    await process.require();
    await put({ name: FEED_LAST, position: 3, detail: '2026-01-01T00:00:00.0000000Z' });
    await expect(process.require()).rejects.toThrow('npx isocenter rebuild-index');
  });

  it('given a rebuild that was canceled in its middle, then they are refused until another one has ended', async () => {
    await put({ name: FEED_LAST, position: 7, detail: '2026-01-01T00:00:00.0000000Z' });
    await put({ name: REBUILD, position: 7, detail: 'lost' });
    await expect(metadata().require()).rejects.toThrow('npx isocenter rebuild-index');
  });

  it('given one that brings instances back, then what is about all of a study is refused, and a store is left to its writer', async () => {
    await put({ name: REBUILD, position: 7, detail: 'restoring' });
    await metadata().require();
    await expect(metadata().requireAll()).rejects.toThrow('not all of its studies are there yet');
    await put({ name: REBUILD, position: 7, detail: 'deriving' });
    await metadata().requireAll();
  });
});
