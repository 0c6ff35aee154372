import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cutPower } from './power-cut.js';
import { Random } from '../support/random.js';
import type { WitnessRecord } from './read-witness.js';
import { unsyncedOf } from './unsynced.js';

const record = (kind: WitnessRecord['kind'], path: string, more: Partial<WitnessRecord> = {}): WitnessRecord => ({ kind, path, offset: 0, length: 0, data: Buffer.alloc(0), ...more });
const write = (path: string, offset: number, length: number, before = ''): WitnessRecord => record('W', path, { offset, length, data: Buffer.from(before) });
const rename = (path: string, to: string): WitnessRecord => record('R', path, { data: Buffer.from(to) });

describe('what a power cut may take', () => {
  it('is nothing when all was synced', () => {
    const records = [record('M', '/d/a'), write('/d/x.db-wal', 0, 10), record('B', '/d/x.db-wal'), record('S', '/d/x.db-wal'), record('B', '/d'), record('S', '/d')];
    expect(unsyncedOf(records)).toEqual({ files: [], entries: [], objects: [] });
  });

  it('is what was written after the sync began, not what it covered', () => {
    const [covered, late] = [write('/d/x.db-wal', 0, 10), write('/d/x.db-wal', 10, 10)];
    const records = [covered, record('B', '/d/x.db-wal'), late, record('S', '/d/x.db-wal')];
    expect(unsyncedOf(records).files).toEqual([{ path: '/d/x.db-wal', writes: [late] }]);
  });

  it('is a name whose directory was synced only before, and the bytes of an object that got its name unsynced', () => {
    const records = [write('/d/t/1', 0, 5), record('B', '/d/o'), record('S', '/d/o'), rename('/d/t/1', '/d/o/1')];
    expect(unsyncedOf(records)).toMatchObject({ entries: ['/d/o/1'], objects: ['/d/o/1'] });
  });

  it('is not what stands in the first sector before an unsynced write', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isocenter-cut-'));
    const path = join(folder, 'x.db-wal');
    const synced = Buffer.alloc(700, 's');
    await writeFile(path, Buffer.concat([synced, Buffer.alloc(900, 'u')]));
    const records = [write(path, 0, 700), record('B', path), record('S', path), write(path, 700, 900)];
    for (let seed = 0; seed < 20; seed += 1) await cutPower(unsyncedOf(records), new Random(seed));
    const left = await readFile(path);
    expect(left.subarray(0, 700).equals(synced)).toBe(true);
    expect(left.subarray(700).includes(0)).toBe(true);
    await rm(folder, { recursive: true });
  });

  it('leaves what a rewritten range held at the sync', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'isocenter-cut-'));
    const path = join(folder, 'x.db');
    await writeFile(path, 'cc');
    const records = [write(path, 0, 2, 'aa'), write(path, 0, 2, 'bb')];
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 30; seed += 1) {
      await writeFile(path, 'cc');
      await cutPower(unsyncedOf(records), new Random(seed));
      outcomes.add(await readFile(path, 'utf8'));
    }
    expect(outcomes).toEqual(new Set(['aa', 'cc']));
    await rm(folder, { recursive: true });
  });
});
