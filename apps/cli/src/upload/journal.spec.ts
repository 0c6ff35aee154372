import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newFolder, type Folder } from '../../test/dicom-files.js';
import { UsageError } from '../usage-error.js';
import { Journal } from './journal.js';

const url = new URL('http://archive/v2');
const one = { path: '/data/1.dcm', size: 10, mtimeMs: 1000.5 };
const two = { path: '/data/ü 2.dcm', size: 20, mtimeMs: 2000 };
let folder: Folder;
let path: string;
beforeEach(async () => {
  folder = await newFolder();
  path = join(folder.path, 'journal');
});
afterEach(() => folder.remove());

const write = async (...files: (typeof one)[]): Promise<void> => {
  const journal = await Journal.open(path, url);
  await Promise.all(files.map((file) => journal.add(file, { kind: 'stored' })));
  await journal.close();
};
const read = async (...files: (typeof one)[]): Promise<boolean[]> => {
  const journal = await Journal.open(path, url);
  const found = files.map((file) => journal.has(file));
  await journal.close();
  return found;
};

describe('Journal', () => {
  it('given what an earlier run wrote, then that is done, and nothing else', async () => {
    await write(one);
    await write(two);
    expect(await read(one, two, { ...one, path: '/data/3.dcm' })).toEqual([true, true, false]);
  });

  it('given a file that has changed since, then it is not done', async () => {
    await write(one);
    expect(await read({ ...one, size: 11 }, { ...one, mtimeMs: 1000.75 })).toEqual([false, false]);
  });

  it('given a relative path, then it is the same file from another folder', async () => {
    await write({ ...one, path: 'x/1.dcm' });
    expect(await read({ ...one, path: join(process.cwd(), 'x/1.dcm') })).toEqual([true]);
  });

  it('given a line that was cut off, then only that is lost, and what follows is read', async () => {
    await write(one, two);
    await truncate(path, (await readFile(path)).length - 9);
    expect(await read(one, two)).toEqual([true, false]);
    await write(two);
    expect(await read(one, two)).toEqual([true, true]);
  });

  it('given lines that are none of it, then they are passed over', async () => {
    await write(one);
    await appendFile(path, 'null\n[1]\n{"path":1}\n');
    expect(await read(one)).toEqual([true]);
  });

  it('given the journal of another archive, then it is refused, and names both', async () => {
    await write(one);
    await expect(Journal.open(path, new URL('http://other/v2'))).rejects.toThrow(/http:\/\/archive\/v2.*http:\/\/other\/v2/);
  });

  it('given a file that is something else, or in no folder, then it is refused and stays as it is', async () => {
    await writeFile(path, 'my notes\n');
    await expect(Journal.open(path, url)).rejects.toThrow(UsageError);
    expect(await readFile(path, 'utf8')).toBe('my notes\n');
    await expect(Journal.open(join(folder.path, 'none/journal'), url)).rejects.toThrow(/cannot be opened/);
  });
});
