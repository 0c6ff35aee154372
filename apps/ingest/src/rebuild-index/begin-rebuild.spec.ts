import { cursorName } from '@isocenter/commands';
import { TOPICS } from '@isocenter/event-log';
import { FEED_LAST, REBUILD, type RebuildState, type Write } from '@isocenter/metadata-store';
import { FilesObjectStore, segmentKey } from '@isocenter/object-store';
import { newOperation } from '@isocenter/operations';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { beginRebuild } from './begin-rebuild.js';
import { moveState } from './move-state.js';
import type { RebuildContext } from './rebuild-context.js';
import { NOTHING_YET } from './rebuild-progress.js';

describe('beginRebuild', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    await commit({ op: 'insert', table: 'operations', row: { ...newOperation({ type: 'rebuild-index', request: {}, createdBy: '' }), id: 'op', status: 'running' } });
  });
  afterEach(async () => {
    await objects.close();
    await ports.close();
  });

  const commit = (...writes: Write[]): Promise<unknown> => ports.store.commit({ writes });
  const begin = () => beginRebuild(NOTHING_YET, { ports: { ...ports, objects }, operation: { id: 'op', request: { task: 'rebuild' } } } as unknown as RebuildContext);
  const end = (): Promise<unknown> => commit({ op: 'update', table: 'operations', key: { id: 'op' }, set: { status: 'succeeded' } });
  const state = async (): Promise<string | undefined> => (await ports.store.readCursor(REBUILD))?.detail;

  it.each(['deriving', 'replaying'] as RebuildState[])('given another process that has ended the operation meanwhile, when it would begin with %s, then it writes nothing', async (would) => {
    if (would === 'replaying') await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    await end();
    expect(await begin()).toBeUndefined();
    expect(await state()).toBeUndefined();
  });

  it('given another process that has moved the state meanwhile, then a move from the one before does nothing', async () => {
    const before = { name: REBUILD, position: 7, detail: 'replaying' };
    await commit({ op: 'insert', table: 'cursors', row: { ...before, detail: 'restoring' } });
    expect(await moveState(ports.store, 'op', before, 'restoring')).toBe(false);
    expect(await moveState(ports.store, 'op', { ...before, detail: 'restoring' }, '')).toBe(true);
  });

  it('given metadata that lack nothing, then they are made anew in place', async () => {
    await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    await commit({ op: 'insert', table: 'cursors', row: { name: FEED_LAST, position: 7, detail: '2026-01-01T00:00:00.0000000Z' } });
    expect([await begin(), await state()]).toEqual([{ phase: 'derive' }, 'deriving']);
  });

  it('given writers that have begun anew in an empty store, when nothing is back, then they pass over what is in the log; when something is, they do not', async () => {
    const { instanceCommands } = TOPICS;
    await objects.put(segmentKey({ first: 1, last: 7 }), Buffer.from('x'));
    await ports.eventLog.append(instanceCommands, [{ key: 'k', headers: {}, value: Buffer.from('x') }]);
    const ends = await ports.eventLog.ends(instanceCommands);
    const positions = (): Promise<(number | undefined)[]> => Promise.all(ends.map(async (_end, partition) => (await ports.store.readCursor(cursorName(instanceCommands.name, partition)))?.position));
    for (const partition of ends.keys()) await commit({ op: 'insert', table: 'cursors', row: { name: cursorName(instanceCommands.name, partition), position: 0, detail: '' } });
    expect(await begin()).toMatchObject({ phase: 'replay', journalEnd: 7 });
    expect(await positions()).toEqual(ends);
    await ports.eventLog.append(instanceCommands, [{ key: 'k', headers: {}, value: Buffer.from('x') }]);
    await commit({ op: 'update', table: 'cursors', key: { name: REBUILD }, set: { position: 7 } });
    await begin();
    expect(await positions()).toEqual(ends);
  });
});
