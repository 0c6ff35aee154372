import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { ByteBudget } from '../byte-budget.js';
import type { ObjectStore, ObjectWriter } from '../object-store.js';
import { CuttingProxy } from '../../test/cutting-proxy.js';
import { newBucket, removeBucket, until } from '../../test/s3-under-test.js';
import { S3ObjectStore, type S3Options } from './index.js';

const MiB = 1024 * 1024;
const chunkBytes = 64 * 1024;

/** Different at each place, cheap to make, and in memory of its own, as chunks of a socket are. */
const chunkAt = (offset: number, length = chunkBytes): Buffer => {
  const chunk = Buffer.allocUnsafeSlow(length).fill(offset / chunkBytes);
  if (length >= 8) chunk.writeDoubleLE(offset, 0);
  return chunk;
};

const write = async (writer: ObjectWriter, size: number): Promise<void> => {
  for (let at = 0; at < size; at += chunkBytes) await writer.write(chunkAt(at, Math.min(chunkBytes, size - at)));
};

const digestOf = async (chunks: AsyncIterable<Buffer>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
};

const expectedDigest = (size: number): string => {
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += chunkBytes) hash.update(chunkAt(at, Math.min(chunkBytes, size - at)));
  return hash.digest('hex');
};

describe('a writer to S3', () => {
  let options: S3Options;
  let proxy: CuttingProxy;
  let store: ObjectStore;
  const budget = new ByteBudget(64 * MiB);
  beforeEach(async () => {
    options = newBucket();
    proxy = await CuttingProxy.start(options.endpoint);
    store = await S3ObjectStore.open({ ...options, endpoint: proxy.endpoint, budget });
    proxy.seen.length = 0;
  });
  afterEach(async () => {
    expect(budget.used).toBe(0);
    await store.close();
    await proxy.stop();
    await removeBucket(options);
  });

  const listed = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of store.list('')) keys.push(key);
    return keys;
  };

  it.each([[0, 1], [1, 1], [8 * MiB, 1]])('given %d bytes, then sends one request', async (size, requests) => {
    const writer = await store.openWriter('a/short');
    await write(writer, size);
    expect(await writer.commit()).toEqual({ size });
    expect(proxy.seen.map(({ method }) => method)).toEqual(Array(requests).fill('PUT'));
    expect(proxy.seen[0]?.headers).toMatchObject({ 'content-length': String(size), 'if-none-match': '*', 'x-amz-checksum-crc32': expect.stringMatching(/^[\w+/]{6}==$/) });
  });

  it('given a byte more, then sends parts of 8 MiB, while the next one is gathered', async () => {
    const writer = await store.openWriter('a/long');
    await write(writer, 8 * MiB + 1);
    expect(await until(() => proxy.count('PUT', 'partNumber=1&') === 1)).toBeUndefined();
    expect(await writer.commit()).toEqual({ size: 8 * MiB + 1 });
    expect(proxy.seen.filter(({ url }) => url.includes('partNumber=')).map(({ headers }) => headers['content-length'])).toEqual([String(8 * MiB), '1']);
    expect(await digestOf(await store.lend('a/long'))).toBe(expectedDigest(8 * MiB + 1));
  });

  it('given one chunk of many parts, then sends them in order', async () => {
    const bytes = randomBytes(33 * MiB);
    expect(await store.put('a/chunk', bytes)).toEqual({ size: bytes.length });
    expect(await digestOf(await store.lend('a/chunk'))).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('given millions of very small chunks, then keeps their order and holds no millions of buffers', async () => {
    const bytes = randomBytes(9 * MiB);
    const writer = await store.openWriter('a/small');
    for (let at = 0; at < bytes.length; at += 7) {
      const waiting = writer.write(bytes.subarray(at, at + 7));
      if (waiting) await waiting;
    }
    expect(await writer.commit()).toEqual({ size: bytes.length });
    expect(await digestOf(await store.lend('a/small'))).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('given 200 MiB of a length that nobody knows, then memory stays as it was (I6)', async () => {
    const size = 200 * MiB;
    const before = process.memoryUsage().rss;
    let most = 0;
    const writer = await store.openWriter('a/large');
    for (let at = 0; at < size; at += chunkBytes) {
      await writer.write(chunkAt(at));
      if (at % MiB === 0) most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(await writer.commit()).toEqual({ size });
    expect(most).toBeLessThan(100 * MiB);
    expect(await digestOf(await store.lend('a/large'))).toBe(expectedDigest(size));
  });

  it('given that the client leaves in the middle, when it is aborted, then there is no object and no open upload', async () => {
    const writer = await store.openWriter('a/left');
    await write(writer, 30 * MiB);
    await until(() => proxy.count('PUT', 'partNumber=') > 0);
    await writer.abort();
    expect(proxy.count('DELETE', 'uploadId=')).toBe(1);
    expect(await listed()).toEqual([]);
    expect(await store.sweepTemporary(0)).toBe(0);
    expect(() => writer.write(Buffer.from('late'))).toThrow(TypeError);
  });

  it('given that it is aborted while it begins its upload, then nothing is left either', async () => {
    const writer = await store.openWriter('a/left');
    await write(writer, 8 * MiB + 1);
    await writer.abort();
    expect(await store.sweepTemporary(0)).toBe(0);
  });

  it('given a key that is taken, when an object of many parts is committed, then the first one stays and no upload is left', async () => {
    await store.put('a/once', Buffer.from('first'));
    const writer = await store.openWriter('a/once');
    await write(writer, 17 * MiB);
    await expect(writer.commit()).rejects.toMatchObject({ code: 'OBJECT_EXISTS', key: 'a/once' });
    expect((await store.readRange('a/once', 0, 5)).toString()).toBe('first');
    expect(await store.sweepTemporary(0)).toBe(0);
  });

  it('given many writers and room for few parts, then all of them finish within the budget', async () => {
    const small = new ByteBudget(20 * MiB);
    const tight = await S3ObjectStore.open({ ...options, budget: small });
    let most = 0;
    const run = async (at: number): Promise<void> => {
      const writer = await tight.openWriter(`many/${at}`);
      // Short ones and long ones, so that the short need no more than what they hold.
      for (let offset = 0; offset < (at % 3 === 0 ? MiB : 18 * MiB); offset += chunkBytes) {
        await writer.write(chunkAt(offset));
        most = Math.max(most, small.used);
      }
      await writer.commit();
    };
    await Promise.all(Array.from({ length: 15 }, (_, at) => run(at)));
    expect([small.used, (await listed()).length]).toEqual([0, 15]);
    expect(most).toBeLessThanOrEqual(small.limit);
    expect(await digestOf(await tight.lend('many/1'))).toBe(expectedDigest(18 * MiB));
    await tight.close();
  });

  it('given a writer that waits for room, when it is aborted, then its wait ends', async () => {
    const small = new ByteBudget(8 * MiB);
    const tight = await S3ObjectStore.open({ ...options, budget: small });
    const [holder, waiter] = await Promise.all([tight.openWriter('w/1'), tight.openWriter('w/2')]);
    await holder.write(chunkAt(0));
    const waiting = Promise.resolve(waiter.write(chunkAt(0)));
    await waiter.abort();
    await expect(waiting).rejects.toThrow(TypeError);
    await holder.commit();
    expect(small.used).toBe(0);
    await tight.close();
  });

  it('given a process that died within an upload, when another one sweeps, then the upload ends', async () => {
    const dead = await S3ObjectStore.open({ ...options, endpoint: proxy.endpoint });
    const orphan = await dead.openWriter('a/orphan');
    await write(orphan, 17 * MiB);
    await until(() => proxy.count('PUT', 'partNumber=2&') === 1);
    expect(await store.sweepTemporary(3_600_000)).toBe(0);
    expect(await store.sweepTemporary(0)).toBe(1);
    await expect(orphan.commit()).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
    expect(await listed()).toEqual([]);
    await dead.close();
  });

  it.each([['aes256', { 'x-amz-server-side-encryption': 'AES256' }], ['kms', { 'x-amz-server-side-encryption': 'aws:kms', 'x-amz-server-side-encryption-aws-kms-key-id': 'hospital' }]] as const)('given encryption by %s, then asks for it with every object', async (serverSideEncryption, headers) => {
    const encrypting = await S3ObjectStore.open({ ...options, endpoint: proxy.endpoint, serverSideEncryption, kmsKey: 'hospital' });
    proxy.seen.length = 0;
    // Whether this server has a key service is not what is asked here.
    await encrypting.put('a/short', Buffer.from('x')).catch(() => undefined);
    const writer = await encrypting.openWriter('a/long');
    await write(writer, 9 * MiB);
    await writer.commit().catch(() => undefined);
    const [put] = proxy.seen.filter(({ method }) => method === 'PUT');
    const [start] = proxy.seen.filter(({ url }) => url.endsWith('?uploads='));
    expect(put?.headers).toMatchObject(headers);
    expect(start?.headers).toMatchObject(headers);
    await encrypting.close();
  });
});
