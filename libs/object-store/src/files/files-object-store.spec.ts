import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeObjectStore } from '../object-store.contract.js';
import { FilesObjectStore } from './files-object-store.js';

const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'isocenter-objects-'));

describeObjectStore('a folder of files', async () => {
  const folder = await temporaryFolder();
  const store = await FilesObjectStore.open(join(folder, 'deep/objects'));
  const end = async (): Promise<void> => {
    await store.close();
    await rm(folder, { recursive: true });
  };
  return { store, end };
});

describe('a folder of files that goes away', () => {
  it('given an object, when the folder is not mounted, then reads say that the store is unavailable, not that the object is gone', async () => {
    const folder = await temporaryFolder();
    const store = await FilesObjectStore.open(join(folder, 'objects'));
    await store.put('a/b', Buffer.from('here'));
    await rename(join(folder, 'objects'), join(folder, 'elsewhere'));
    const away = { code: 'OBJECT_STORE_UNAVAILABLE', retriable: true };
    await expect(store.stat('a/b')).rejects.toMatchObject(away);
    await expect(store.readRange('a/b', 0, 1)).rejects.toMatchObject(away);
    await expect(store.read('a/b')).rejects.toMatchObject(away);
    await expect(store.put('a/c', Buffer.from('x'))).rejects.toMatchObject(away);
    await rename(join(folder, 'elsewhere'), join(folder, 'objects'));
    expect((await store.readRange('a/b', 0, 4)).toString()).toBe('here');
    await store.close();
    await rm(folder, { recursive: true });
  });
});

describe('a folder of files', () => {
  let folder: string;
  let store: FilesObjectStore;
  beforeEach(async () => {
    folder = await temporaryFolder();
    store = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('given a process that died while it wrote, when the next one starts, then its sweep leaves nothing of it', async () => {
    const orphan = await store.openWriter('a/b/orphan');
    await orphan.write(Buffer.alloc(2_000_000));
    await store.put('a/b/kept', Buffer.from('kept'));
    const next = await FilesObjectStore.open(folder);
    expect(await next.sweepTemporary(3_600_000)).toBe(0);
    expect(await next.sweepTemporary(0)).toBe(1);
    expect((await next.readRange('a/b/kept', 0, 4)).toString()).toBe('kept');
    await next.close();
    await expect(orphan.commit()).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
  });

  it('takes away the folders of what is removed, and only those', async () => {
    await store.put('p/study/one/a', Buffer.from('a'));
    await store.put('p/study/two/b', Buffer.from('b'));
    await store.remove(['p/study/one/a']);
    expect(await readdir(join(folder, 'p/study'))).toEqual(['two']);
    await store.remove(['p/study/two/b']);
    expect(await readdir(folder)).toEqual(['.incoming']);
  });

  it('makes the folders again that went between two stores', async () => {
    await store.put('p/study/one/a', Buffer.from('a'));
    await rm(join(folder, 'p'), { recursive: true });
    await store.put('p/study/one/b', Buffer.from('b'));
    expect((await store.readRange('p/study/one/b', 0, 1)).toString()).toBe('b');
  });

  it('given that the folder is gone, answers that the store is unavailable, and works when it is back (I8)', async () => {
    await store.put('a/b', Buffer.from('b'));
    await rm(join(folder, '.incoming'), { recursive: true });
    await writeFile(join(folder, '.incoming'), '');
    const unavailable = { code: 'OBJECT_STORE_UNAVAILABLE', retriable: true };
    await expect(store.openWriter('a/c')).rejects.toMatchObject(unavailable);
    await expect(store.sweepTemporary(0)).rejects.toMatchObject(unavailable);
    await expect(store.check()).rejects.toMatchObject(unavailable);
    await rm(join(folder, '.incoming'));
    await mkdir(join(folder, '.incoming'));
    await expect(store.put('a/c', Buffer.from('c'))).resolves.toEqual({ size: 1 });
  });

  it('ends a stream in an error when the file was cut while it was read', async () => {
    await store.put('a/cut', Buffer.alloc(8_000_000));
    const stream = await store.read('a/cut');
    await truncate(join(folder, 'a/cut'), 100);
    const drain = async (): Promise<void> => {
      for await (const _ of stream);
    };
    await expect(drain()).rejects.toMatchObject({ code: 'OBJECT_TRUNCATED' });
  });

  it('keeps a bounded number of descriptors', async () => {
    for (let at = 0; at < 300; at += 1) await store.put(`f/${at}`, Buffer.from('x'));
    for (let at = 0; at < 300; at += 1) await store.readRange(`f/${at}`, 0, 1);
    const descriptors = await readdir('/proc/self/fd').catch(() => []);
    expect(descriptors.length).toBeLessThan(290);
  });

  it('does not list what stands in the folder and is no object', async () => {
    await writeFile(join(folder, '.hidden'), '');
    for await (const object of store.list('')) throw new Error(`listed ${object.key}`);
  });
});
