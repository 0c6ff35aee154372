import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { newFolder, type Folder } from '../../test/dicom-files.js';
import { walkFiles } from './walk-files.js';

let folder: Folder;
beforeEach(async () => {
  folder = await newFolder();
  await mkdir(join(folder.path, 'a/b'), { recursive: true });
  for (const file of ['1', 'a/2', 'a/b/3']) await writeFile(join(folder.path, file), 'x'.repeat(file.length));
});
afterEach(() => folder.remove());

const walk = async (...paths: string[]): Promise<{ files: [string, number][]; passed: { path: string; why: string; failed: boolean }[] }> => {
  const [files, passed] = [[] as [string, number][], [] as { path: string; why: string; failed: boolean }[]];
  for await (const found of walkFiles(paths.map((path) => join(folder.path, path)))) {
    if (found.kind === 'file') files.push([relative(folder.path, found.file.path), found.file.size]);
    else passed.push({ ...found.passed, path: relative(folder.path, found.passed.path) });
  }
  return { files: files.sort(), passed };
};

describe('walkFiles', () => {
  it('given files and folders, then all files below them with their sizes', async () => {
    expect(await walk('1', 'a')).toEqual({ files: [['1', 1], ['a/2', 3], ['a/b/3', 5]], passed: [] });
  });

  it('given links, then those to files are followed, and those to folders when they are named', async () => {
    await symlink('..', join(folder.path, 'a/circle'));
    await symlink('../1', join(folder.path, 'a/link'));
    await symlink('a/b', join(folder.path, 'named'));
    const { files, passed } = await walk('a', 'named');
    expect(files).toEqual([['a/2', 3], ['a/b/3', 5], ['a/link', 1], ['named/3', 5]]);
    expect(passed).toEqual([{ path: 'a/circle', why: expect.stringContaining('link to a folder'), failed: true }]);
  });

  it('given a link that leads nowhere, then it has failed and the rest is found', async () => {
    await symlink('nowhere', join(folder.path, 'a/dead'));
    const { files, passed } = await walk('a');
    expect(files).toHaveLength(2);
    expect(passed).toEqual([{ path: 'a/dead', why: expect.stringContaining('ENOENT'), failed: true }]);
  });
});
