import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FEED_LAST, type InstanceRow, NEVER_UPDATED, type NumberedChange } from '@isocenter/metadata-store';
import { createLogger } from '@isocenter/telemetry';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ResultCache } from './result-cache.js';

const log = createLogger({ level: 'silent', service: 'test' });
const MiB = 1024 ** 2;


describe('ResultCache', () => {
  let ports: OpenPorts;
  let cache: ResultCache;
  let last: number;
  let made: string[];
  beforeEach(async () => {
    ports = await openPorts();
    [last, made] = [0, []];
  });
  afterEach(async () => {
    await cache.close();
    await ports.close();
  });

  const folder = (): string => join(ports.folder, 'results');
  const open = (limit = 64 * MiB): ResultCache => (cache = new ResultCache({ folder: folder(), limit, process: 'test', log }));
  const filesOnDisk = (): number => readdirSync(folder(), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
  const row = (sop: string, version: string): InstanceRow => ({
    partition: 1, study: '1', series: '1.1', sop, ordinal: 1, version, objectKey: 'k', size: 1, sha256: 'h', transferSyntax: '1.2.840.10008.1.2.1', sopClass: '1.2.840.10008.5.1.4.1.1.2',
    instanceNumber: null, storedBy: 'me', storedAt: '2026-01-01T00:00:00.000Z', frameCount: 1, studySet: 's', seriesSet: 's', attributes: '', ...NEVER_UPDATED,
  });
  const put = async (sop: string, version: string): Promise<void> => void (await ports.store.commit({ writes: [{ op: 'put', table: 'instances', row: row(sop, version) }] }));
  const remove = async (sop: string): Promise<void> => void (await ports.store.commit({ writes: [{ op: 'remove', table: 'instances', key: { partition: 1, study: '1', series: '1.1', sop } }] }));
  /** As change-feed numbers it, behind the write that it tells of. */
  const tell = async (sop: string, version: string, action: 'create' | 'update' | 'delete'): Promise<void> => {
    last += 1;
    const change = { logPartition: 0, logOffset: last, place: 0, partition: 1, study: '1', series: '1.1', sop, version, action, decidedAt: 1, detail: '{}', sequence: last, timestamp: `2026-01-01T00:00:00.000000${last}Z` };
    await ports.store.commit({ writes: [{ op: 'insert', table: 'changes', row: change }, { op: 'put', table: 'cursors', row: { name: FEED_LAST, position: last, detail: '' } }] });
  };
  const get = async (sop: string, version: string, form = 'picture', length = 10): Promise<void> => {
    await cache.get({ row: row(sop, version), form }, async () => {
      made.push(`${version}/${form}`);
      return { head: '', bytes: Buffer.alloc(length) };
    });
  };
  const has = (sop: string, version: string, form = 'picture'): boolean => cache.has({ row: row(sop, version), form });
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    for (const deadline = Date.now() + 60_000; !(await condition()); await pause(5)) if (Date.now() > deadline) throw new Error(`For a minute it was not so: ${condition.toString()}`);
  };
  const keep = async (sop: string, version: string, form = 'picture'): Promise<void> => {
    await until(async () => {
      await get(sop, version, form);
      return has(sop, version, form);
    });
    made = [];
  };

  it('given a result that was made, then it is made no more', async () => {
    await put('1', 'a');
    open().follow(ports.store);
    await keep('1', 'a');
    await get('1', 'a');
    await get('1', 'a', 'another');
    expect(made).toEqual(['a/another']);
  });

  it('given a version that is replaced, when the feed tells so, then its results are gone from the disk, and those of the new version stay', async () => {
    await put('1', 'a');
    open().follow(ports.store);
    await keep('1', 'a');
    await keep('1', 'a', 'another');
    await put('1', 'b');
    await keep('1', 'b');
    await tell('1', 'b', 'create');
    await until(() => !has('1', 'a'));
    await until(() => filesOnDisk() === 1);
    expect(has('1', 'b')).toBe(true);
  });

  it('given an instance that is deleted, when the feed tells so, then its results are gone from the disk, and those of others stay', async () => {
    await Promise.all([put('1', 'a'), put('2', 'b')]);
    open().follow(ports.store);
    await keep('1', 'a');
    await keep('2', 'b');
    await remove('1');
    await tell('1', 'a', 'delete');
    await until(() => filesOnDisk() === 1);
    expect([has('1', 'a'), has('2', 'b')]).toEqual([false, true]);
  });

  it('given an instance that was deleted while its result was made, then nothing stays, though the feed told of it before', async () => {
    await put('1', 'a');
    await put('2', 'b');
    open().follow(ports.store);
    await keep('2', 'b');
    await cache.get({ row: row('1', 'a'), form: 'picture' }, async () => {
      await remove('1');
      await tell('1', 'a', 'delete');
      const told = Promise.withResolvers<readonly NumberedChange[]>();
      const forget = cache.onChanges(told.resolve);
      await told.promise;
      forget();
      return { head: '', bytes: Buffer.alloc(10) };
    });
    await until(() => filesOnDisk() === 1 && !has('1', 'a'));
    expect(has('2', 'b')).toBe(true);
  });

  it('given an updated instance, then results of what was sent first are kept too, until a change of it', async () => {
    await ports.store.commit({ writes: [{ op: 'put', table: 'instances', row: { ...row('1', 'b'), updateId: 'u', originalVersion: 'a', originalObjectKey: 'o', originalSize: 1, originalSha256: 'h' } }] });
    open().follow(ports.store);
    await keep('1', 'a');
    await keep('1', 'b');
    await tell('1', 'b', 'update');
    await until(() => !has('1', 'a'));
    expect(has('1', 'b')).toBe(true);
  });

  it('given metadata that begin anew, then nothing that was made of those before stays', async () => {
    await put('1', 'a');
    await tell('1', 'a', 'create');
    open().follow(ports.store);
    await keep('1', 'a');
    await ports.store.commit({ writes: [{ op: 'put', table: 'cursors', row: { name: FEED_LAST, position: 0, detail: '' } }] });
    await until(() => !has('1', 'a'));
    await until(() => filesOnDisk() === 0);
  });

  it('given a bound of 0, or changes that are not followed, then nothing is kept, and what is asked for at once is made once', async () => {
    open(0).follow(ports.store);
    await Promise.all(Array.from({ length: 10 }, () => get('1', 'a')));
    expect(made).toHaveLength(1);
    await cache.close();
    open();
    await Promise.all(Array.from({ length: 10 }, () => get('1', 'a')));
    expect(made).toHaveLength(2);
    expect(has('1', 'a')).toBe(false);
  });

  it('given two replicas with one folder, whose processes have the same number, then each answers what it was asked for', async () => {
    await Promise.all([put('1', 'a'), put('2', 'b')]);
    const first = open();
    const second = open();
    const picture = async (of: ResultCache, sop: string, version: string): Promise<string> =>
      String((await of.get({ row: row(sop, version), form: 'picture' }, async () => ({ head: '', bytes: Buffer.from(`picture of ${version}`) }))).bytes);
    try {
      for (const [replica, sop, version] of [[first, '1', 'a'], [second, '2', 'b']] as const) {
        replica.follow(ports.store);
        await until(async () => (await picture(replica, sop, version)) !== '' && replica.has({ row: row(sop, version), form: 'picture' }));
      }
      expect([await picture(first, '1', 'a'), await picture(second, '2', 'b')]).toEqual(['picture of a', 'picture of b']);
    } finally {
      await first.close();
    }
  });

  it('given a folder in which others have something, named as anything may be, then it stays', async () => {
    const others = [`backup-${spawnSync('true').pid}`, 'pg-999999999', 'render.kept-000001'].map((name) => join(folder(), name));
    for (const other of others) mkdirSync(other, { recursive: true });
    await put('1', 'a');
    open().follow(ports.store);
    await keep('1', 'a');
    await cache.close();
    expect(others.filter((other) => !existsSync(other))).toEqual([]);
  });

  it('given a folder that somebody removed, then results are kept again', async () => {
    await put('1', 'a');
    open().follow(ports.store);
    await keep('1', 'a');
    rmSync(folder(), { recursive: true });
    await until(() => existsSync(folder()));
    await keep('1', 'a', 'another');
    expect(filesOnDisk()).toBe(1);
  });

  it('given a folder that cannot be opened, then what is asked for is made, that is said once, and results are kept as soon as it can be', async () => {
    await put('1', 'a');
    writeFileSync(folder(), 'no folder');
    const warn = jest.fn();
    cache = new ResultCache({ folder: folder(), limit: 64 * MiB, process: 'test', log: { ...log, warn } as unknown as typeof log });
    cache.follow(ports.store);
    await until(() => warn.mock.calls.length > 0);
    await get('1', 'a');
    expect([made, has('1', 'a')]).toEqual([['a/picture'], false]);
    rmSync(folder());
    await keep('1', 'a');
    expect(warn.mock.calls).toEqual([[expect.objectContaining({ err: expect.anything() }), expect.stringContaining('RESULT_CACHE_DIR')]]);
  });

  it('given a process that ends, then its folder is gone', async () => {
    await put('1', 'a');
    open().follow(ports.store);
    await keep('1', 'a');
    await cache.close();
    expect(readdirSync(join(folder(), 'isocenter-results'))).toEqual([]);
  });
});
