import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeObjectStore } from '../object-store.contract.js';
import { newBucket, removeBucket } from '../../test/s3-under-test.js';
import { S3ObjectStore, type S3Options } from './index.js';
import { S3Connection } from './s3-connection.js';

describeObjectStore('a bucket of S3', async () => {
  const options = newBucket();
  const store = await S3ObjectStore.open(options);
  const end = async (): Promise<void> => {
    await store.close();
    await removeBucket(options);
  };
  return { store, end };
});

describe('opening a bucket of S3', () => {
  it('given a bucket that does not exist, when many processes open it at once, then all find it', async () => {
    const options = newBucket();
    const stores = await Promise.all(Array.from({ length: 5 }, () => S3ObjectStore.open(options)));
    await stores[0]!.put('a/b', Buffer.from('seen'));
    for (const store of stores) {
      expect((await store.readRange('a/b', 0, 4)).toString()).toBe('seen');
      await store.close();
    }
    await removeBucket(options);
  });

  it('given settings that are wrong, then says what is wrong, and that waiting does not help', async () => {
    const wrong = { code: 'OBJECT_STORE_SETTINGS', retriable: false };
    const options = newBucket();
    await expect(S3ObjectStore.open({ ...options, createBucket: false })).rejects.toMatchObject({ ...wrong, message: expect.stringContaining('does not exist') });
    await expect(S3ObjectStore.open({ ...options, secretKey: 'not this one' })).rejects.toMatchObject({ ...wrong, message: expect.stringMatching(/SignatureDoesNotMatch|AccessDenied/) });
    await expect(S3ObjectStore.open({ ...options, accessKey: 'nobody' })).rejects.toMatchObject({ ...wrong, message: expect.stringMatching(/InvalidAccessKeyId|AccessDenied/) });
    for (const endpoint of ['minio', 'minio:9000', 'ftp://minio', 'http://minio/path', 'http://key:secret@minio']) {
      await expect(S3ObjectStore.open({ ...options, endpoint })).rejects.toMatchObject({ ...wrong, message: expect.not.stringContaining('secret') });
    }
    await expect(S3ObjectStore.open({ ...options, partBytes: 1024 })).rejects.toThrow(TypeError);
  });

  it('given a server that is not there, then says that it may be later', async () => {
    const options = newBucket({ endpoint: 'http://127.0.0.1:9' });
    await expect(S3ObjectStore.open(options)).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE', retriable: true });
  });
});

describe('a bucket of S3', () => {
  let options: S3Options;
  let store: S3ObjectStore;
  let connection: S3Connection;
  beforeEach(async () => {
    options = newBucket();
    store = await S3ObjectStore.open(options);
    connection = new S3Connection(options);
  });
  afterEach(async () => {
    connection.close();
    await store.close();
    await removeBucket(options);
  });

  it('given keys that look like numbers, then lists them as they are', async () => {
    for (const key of ['007', '1.20', '1e5', 'true']) await store.put(key, Buffer.from(key));
    const listed: string[] = [];
    for await (const { key } of store.list('')) listed.push(key);
    expect(listed).toEqual(['007', '1.20', '1e5', 'true']);
  });

  it('does not list what stands in the bucket and is no object of ours', async () => {
    await connection.tell({ method: 'PUT', key: 'Somebody & <others>', body: [Buffer.from('x')] });
    for await (const { key } of store.list('')) throw new Error(`listed ${key}`);
    await connection.tell({ method: 'DELETE', key: 'Somebody & <others>' });
  });

  it('given that the bucket is gone, then reads say that the store is unavailable, not that the object is gone', async () => {
    await connection.tell({ method: 'DELETE' });
    const away = { code: 'OBJECT_STORE_UNAVAILABLE', message: expect.stringContaining('bucket') };
    await expect(store.stat('a/b')).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
    await expect(store.check()).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
    await expect(store.readRange('a/b', 0, 1)).rejects.toMatchObject(away);
    await expect(store.read('a/b')).rejects.toMatchObject(away);
    await expect(store.put('a/b', Buffer.from('x'))).rejects.toMatchObject(away);
  });
});
