import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Result, ResultFiles, sweepFolders } from './result-files.js';

const MiB = 1024 ** 2;
const KiB = 1024;

async function bytesOf(result: Result | undefined): Promise<Buffer | undefined> {
  return result && (Buffer.isBuffer(result.bytes) ? result.bytes : buffer(result.bytes));
}

describe('ResultFiles', () => {
  let root: string;
  let files: ResultFiles;
  const open = async (limit: number): Promise<void> => void (files = await ResultFiles.open(root, 'render', limit, 0));
  const keep = (key: string, length: number, { head = '', owner = 'o' } = {}): Promise<boolean> => files.keep(key, owner, { head, bytes: Buffer.alloc(length, key) });
  const onDisk = (): string[] => readdirSync(root, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'isocenter-results-'));
  });
  afterEach(async () => {
    await files.close();
    rmSync(root, { recursive: true });
  });

  it.each([0, 1, 4096, MiB, MiB + 1, 3 * MiB + 7])('given a result of %d bytes, then it is read as it was kept, with its head', async (length) => {
    await open(64 * MiB);
    expect(await keep('a', length, { head: 'é{}' })).toBe(true);
    const found = await files.find('a');
    expect(found).toMatchObject({ head: 'é{}', length });
    expect((await bytesOf(found))!.equals(Buffer.alloc(length, 'a'))).toBe(true);
    expect(Buffer.isBuffer(found!.bytes)).toBe(length <= MiB);
  });

  it('given more results than fit, then those go that were used least recently, and the disk holds no more than the bound', async () => {
    await open(1 * MiB);
    for (let at = 0; at < 30; at += 1) {
      await keep(`k${at}`, 60 * KiB);
      await bytesOf(await files.find('k0'));
    }
    expect(files.has('k0')).toBe(true);
    expect(files.has('k1')).toBe(false);
    expect(files.has('k29')).toBe(true);
    await files.settled();
    expect(onDisk()).toHaveLength(files.count);
    expect(files.bytes).toBeLessThanOrEqual(MiB);
    expect(onDisk().reduce((sum, file) => sum + 512 * statSync(file).blocks, 0)).toBeLessThanOrEqual(files.bytes);
  });

  it('given one that was asked for, then it is found without its file, until it is dropped', async () => {
    files = await ResultFiles.open(root, 'render', MiB, MiB);
    await keep('a', 100, { head: 'h' });
    await bytesOf(await files.find('a'));
    for (const file of onDisk()) rmSync(file);
    expect(await files.find('a')).toEqual({ head: 'h', length: 100, bytes: Buffer.alloc(100, 'a') });
    files.dropOwner('o', () => false);
    expect(files.find('a')).toBeUndefined();
  });

  it('given a result above an eighth of the bound, then it is not kept', async () => {
    await open(1 * MiB);
    expect(await keep('a', 128 * KiB)).toBe(false);
    expect(onDisk()).toEqual([]);
  });

  it('given an owner whose results are dropped, then their files are gone, but for those that are spared and those of others', async () => {
    await open(64 * MiB);
    await Promise.all([keep('v1/a', 10), keep('v1/b', 2 * MiB), keep('v2/a', 10), keep('v1/c', 10, { owner: 'other' })]);
    files.dropOwner('o', (key) => key.startsWith('v2/'));
    await files.settled();
    expect(['v1/a', 'v1/b', 'v2/a', 'v1/c'].map((key) => files.has(key))).toEqual([false, false, true, true]);
    expect(onDisk()).toHaveLength(2);
    expect(files.find('v1/a')).toBeUndefined();
  });

  it('given a file that is gone, or shorter than it was, then the result is not found, and nothing fails', async () => {
    await open(64 * MiB);
    await keep('a', 10);
    writeFileSync(onDisk()[0]!, 'short');
    expect(await files.find('a')).toBeUndefined();
    rmSync(onDisk()[0]!);
    expect(await files.find('a')).toBeUndefined();
  });

  it('given a folder that cannot be written, then nothing is kept, and nothing fails', async () => {
    await open(64 * MiB);
    rmSync(join(root, readdirSync(root)[0]!), { recursive: true });
    expect(await keep('a', 10)).toBe(false);
    expect(files.bytes).toBe(0);
    await expect(files.giveSign()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([10, 2 * MiB])('given a file of %d bytes in which another result stands, then the result is not found', async (length) => {
    await open(64 * MiB);
    await keep('a', length);
    const [file] = onDisk();
    await keep('b', length);
    copyFileSync(onDisk().find((one) => one !== file)!, file!);
    expect(await files.find('a')).toBeUndefined();
    expect(await bytesOf(await files.find('b'))).toEqual(Buffer.alloc(length, 'b'));
  });

  it('given folders below the same one, then those go whose processes gave no sign for long, and nothing else', async () => {
    await open(64 * MiB);
    const [own] = readdirSync(root);
    const others = ['render.kept-gone01', 'render.kept-there1', 'backup-2024', 'pg-15', 'render-1', 'kept-000001', 'render.kept-0000001'];
    for (const other of others) {
      mkdirSync(join(root, other, '0'), { recursive: true });
      writeFileSync(join(root, other, '0', '1'), 'a picture');
    }
    const elsewhere = mkdtempSync(join(tmpdir(), 'isocenter-elsewhere-'));
    writeFileSync(join(elsewhere, 'a'), 'of somebody else');
    symlinkSync(elsewhere, join(root, 'render.kept-linked'));
    const ago = new Date(Date.now() - 3_600_000);
    for (const one of [own!, ...others.filter((name) => name !== 'render.kept-there1'), elsewhere]) utimesSync(resolve(root, one), ago, ago);
    await files.giveSign();
    await sweepFolders(root);
    expect(readdirSync(root).sort()).toEqual([own!, 'render.kept-linked', ...others.slice(1)].sort());
    expect(readdirSync(elsewhere)).toEqual(['a']);
    rmSync(elsewhere, { recursive: true });
  });

  it('given files of results, then only the process reads them', async () => {
    await open(64 * MiB);
    await keep('a', 10);
    expect(statSync(onDisk()[0]!).mode & 0o077).toBe(0);
  });
});
