import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FolderSource } from './folder-source.js';
import { SourceFileError, type Found } from './source.js';

describe('FolderSource', () => {
  let folder: string;
  let source: FolderSource;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-source-'));
    source = await FolderSource.open(folder, 'Source');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (...names: string[]): Promise<void> => {
    for (const name of names) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), name);
    }
  };
  const list = async (below = '', after = ''): Promise<Found[]> => {
    const found: Found[] = [];
    for await (const one of source.list(below, after)) found.push(one);
    return found;
  };
  const namesOf = async (below?: string, after?: string): Promise<string[]> => (await list(below, after)).map(({ name }) => name);
  const read = async (name: string): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of source.read(name)) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  const NAMES = ['a-b/c', 'a.dcm', 'a/b', 'a/b-c/d', 'a/b/x/y', 'A/1', 'Ünï code/z', 'a0', 'b/DICOMDIR', 'b/.hidden', '.git/config', 'z'];
  it('given files whose names are parts of names of folders, then from each on exactly the rest, in one order', async () => {
    await write(...NAMES.filter((name) => name !== 'a/b'));
    const all = await namesOf();
    expect([...all].sort()).toEqual(all);
    expect(all).toEqual(expect.arrayContaining(['a-b/c', 'a.dcm', 'a/b/x/y', 'a/b-c/d', 'A/1', 'Ünï code/z', '.git']));
    for (const [at, name] of all.entries()) expect([name, await namesOf('', name)]).toEqual([name, all.slice(at + 1)]);
    const below = await namesOf('a');
    expect(below).toEqual(all.filter((name) => name.startsWith('a/')));
    for (const [at, name] of below.entries()) expect(await namesOf('a', name)).toEqual(below.slice(at + 1));
  });

  it('given hidden files and folders, and a table of contents, then they are passed over as they stand', async () => {
    await write('.git/config', 'x/.DS_Store', 'x/DICOMDIR', 'x/Thumbs.db', 'x/dicom');
    expect((await list()).map(({ name, kind }) => [name, kind])).toEqual([['.git', 'passed-over'], ['x/.DS_Store', 'passed-over'], ['x/DICOMDIR', 'passed-over'], ['x/Thumbs.db', 'passed-over'], ['x/dicom', 'file']]);
  });

  it('given links, then they are named as unreadable, and neither they nor what stands behind them is read', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'isocenter-outside-'));
    try {
      await writeFile(join(outside, 'secret'), 'secret');
      await write('there/file');
      await symlink(outside, join(folder, 'there/out'));
      await symlink(join(outside, 'secret'), join(folder, 'there/secret'));
      expect((await list()).map(({ name, kind }) => [name, kind])).toEqual([['there/file', 'file'], ['there/out', 'unreadable'], ['there/secret', 'unreadable']]);
      for (const name of ['there/secret', 'there/out/secret', '../' + outside.split('/').at(-1) + '/secret', 'there/../there/file']) await expect(read(name)).rejects.toThrow(SourceFileError);
      for (const below of ['there/out', '..', 'there/..', 'missing']) await expect(list(below)).rejects.toThrow(/There is no folder/);
      expect(await read('there/file')).toBe('there/file');
    } finally {
      await rm(outside, { recursive: true });
    }
  });

  it('given a file that is gone when it is read, then that is an error of the file, which names no path', async () => {
    await write('x');
    await rm(join(folder, 'x'));
    await expect(read('x')).rejects.toMatchObject({ name: 'SourceFileError', message: 'It cannot be read (ENOENT).' });
  });

  it('given a folder that cannot be read, then it is told once, also behind it', async () => {
    await write('a/1', 'b/2', 'c/3');
    await chmod(join(folder, 'b'), 0);
    // Whoever may read everything reads it.
    const told = (await list()).filter(({ kind }) => kind === 'unreadable');
    expect(told.length).toBeLessThanOrEqual(1);
    for (const { name } of told) expect(await namesOf('', name)).toEqual(['c/3']);
    await chmod(join(folder, 'b'), 0o700);
  });

  it('given a source that is not there, then the error names it, and no path', async () => {
    await expect(FolderSource.open(join(folder, 'missing'), 'Source')).rejects.toThrow(/^The folder of the source 'Source' cannot be opened \(ENOENT\)\.$/);
  });
});
