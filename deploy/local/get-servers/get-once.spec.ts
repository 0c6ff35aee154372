import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { getOnce } from './get-once.js';

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'isocenter-cache-'));
});

afterEach(() => rm(cache, { recursive: true }));

test('given an empty cache, when two ask at once, then one fills the folder and both get it', async () => {
  let fills = 0;
  const fill = async (folder: string): Promise<void> => {
    fills++;
    await writeFile(join(folder, 'a'), 'whole');
  };
  const folders = await Promise.all([getOnce('server-1', fill, cache), getOnce('server-1', fill, cache)]);
  expect(fills).toBe(1);
  expect(folders).toEqual([join(cache, 'server-1'), join(cache, 'server-1')]);
  expect(await readFile(join(cache, 'server-1', 'a'), 'utf8')).toBe('whole');
});

test('given a fill that fails half way, when it is asked again, then nothing of the first is left and the second fills', async () => {
  const failing = getOnce('server-1', async (folder) => {
    await writeFile(join(folder, 'half'), '');
    throw new Error('no network');
  }, cache);
  await expect(failing).rejects.toThrow('no network');
  expect(await readdir(cache)).toEqual([]);
  await getOnce('server-1', (folder) => writeFile(join(folder, 'a'), ''), cache);
  expect(await readdir(join(cache, 'server-1'))).toEqual(['a']);
});

test('given a process that died while it filled, when it is asked again, then its part is not taken for the whole', async () => {
  await getOnce('.server-1.part', (folder) => writeFile(join(folder, 'half'), ''), cache);
  await getOnce('server-1', (folder) => writeFile(join(folder, 'a'), ''), cache);
  expect(await readdir(cache)).toEqual(['server-1']);
  expect(await readdir(join(cache, 'server-1'))).toEqual(['a']);
});
