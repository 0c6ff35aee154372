import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listFiles } from './list-files.js';

describe('listFiles', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-list-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) {
      await mkdir(dirname(join(folder, key)), { recursive: true });
      await writeFile(join(folder, key), '');
    }
  };
  const listed = async (prefix: string, after: string, names?: number): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of listFiles(folder, { prefix, after }, '', names)) keys.push(key);
    return keys;
  };

  it.each([1, 2, 3, 7, 100])('given folders that have more names than are held at a time, %d, then all keys in order, from any on', async (names) => {
    const keys = ['a-b/c', 'a.b', 'a/b.x', 'a/b/c', 'a/b/d', 'a/c', 'ab', 'b', ...Array.from({ length: 20 }, (_none, at) => `c/${(at * 7) % 20}`)].sort();
    await put(...keys);
    for (const after of ['', 'a', 'a/', 'a/b', 'a/b/', 'a/b/c', 'a0', 'c/12', 'c/9', 'd']) expect([after, await listed('', after, names)]).toEqual([after, keys.filter((key) => key > after)]);
    for (const prefix of ['a', 'a/', 'a/b', 'c/1', 'x']) expect([prefix, await listed(prefix, '', names)]).toEqual([prefix, keys.filter((key) => key.startsWith(prefix))]);
  });

  it('given a folder that is not there, then nothing', async () => {
    expect(await listed('x/', '')).toEqual([]);
  });
});
