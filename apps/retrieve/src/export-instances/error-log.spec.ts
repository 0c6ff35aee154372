import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FilesObjectStore } from '@isocenter/object-store';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { joinErrorParts, writeErrorPart, type ExportError } from './error-log.js';
import { ExportKeys } from './export-keys.js';

describe('errors.log', () => {
  const keys = new ExportKeys('a/b', 'operation');
  const error = (identifier: string): ExportError => ({ timestamp: '2026-01-01T00:00:00.000Z', identifier, error: 'gone' });
  let folder: string;
  let target: FilesObjectStore;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-test-'));
    target = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await target.close();
    rmSync(folder, { recursive: true });
  });
  const all = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of target.list('')) found.push(key);
    return found;
  };
  const log = async (): Promise<unknown[]> => (await target.readRange('a/b/operation/errors.log', 0, (await target.stat('a/b/operation/errors.log')).size)).toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown);

  it('given parts, one of them written twice, then they are joined in order and removed', async () => {
    await writeErrorPart(target, keys.errorPart(0), [error('1'), error('2')]);
    await writeErrorPart(target, keys.errorPart(1), [error('wrong')]);
    await writeErrorPart(target, keys.errorPart(1), [error('3')]);
    await joinErrorParts(target, keys, 2);
    expect(await log()).toEqual([error('1'), error('2'), error('3')]);
    expect(await all()).toEqual(['a/b/operation/errors.log']);
  });

  it('given it is joined again, also when some parts are left, then it stays as it is', async () => {
    await writeErrorPart(target, keys.errorPart(0), [error('1')]);
    await joinErrorParts(target, keys, 1);
    await writeErrorPart(target, keys.errorPart(0), [error('left over')]);
    await joinErrorParts(target, keys, 1);
    expect(await log()).toEqual([error('1')]);
    expect(await all()).toEqual(['a/b/operation/errors.log']);
  });

  it('given no errors, then it is there and empty', async () => {
    await joinErrorParts(target, keys, 0);
    expect(await log()).toEqual([]);
  });
});
