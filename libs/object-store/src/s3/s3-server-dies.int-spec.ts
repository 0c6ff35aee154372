import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { CuttingProxy, type Fate, type SeenRequest } from '../../test/cutting-proxy.js';
import { newBucket, removeBucket, until } from '../../test/s3-under-test.js';
import { S3ObjectStore, type S3Options } from './index.js';

const MiB = 1024 * 1024;
const away = { code: 'OBJECT_STORE_UNAVAILABLE', retriable: true };
const idleTimeoutMs = 500;

const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

/** The fate of the first so many requests of a kind. */
const first = (times: number, fate: Fate, is: (request: SeenRequest) => boolean) => {
  let left = times;
  return (request: SeenRequest): Fate | undefined => (is(request) && (left -= 1) >= 0 ? fate : undefined);
};
const always = (fate: Fate, is: (request: SeenRequest) => boolean) => first(Infinity, fate, is);
const isPut = ({ method }: SeenRequest): boolean => method === 'PUT';
const isGet = ({ method }: SeenRequest): boolean => method === 'GET';
const isPart = ({ url }: SeenRequest): boolean => url.includes('partNumber=');
const isComplete = ({ method, url }: SeenRequest): boolean => method === 'POST' && url.includes('uploadId=');

describe('a bucket whose server goes away', () => {
  let options: S3Options;
  let proxy: CuttingProxy;
  let store: S3ObjectStore;
  /** Past the proxy. */
  let direct: S3ObjectStore;
  beforeEach(async () => {
    options = newBucket();
    proxy = await CuttingProxy.start(options.endpoint);
    direct = await S3ObjectStore.open(options);
    store = await S3ObjectStore.open({ ...options, endpoint: proxy.endpoint, idleTimeoutMs });
  });
  afterEach(async () => {
    await store.close();
    await proxy.stop();
    await direct.close();
    await removeBucket(options);
  });

  const listed = async (): Promise<string[]> => {
    const keys: string[] = [];
    for await (const { key } of direct.list('')) keys.push(key);
    return keys;
  };
  const isStored = async (key: string, bytes: Buffer): Promise<boolean> => bytes.equals(await collect(await direct.read(key)));

  describe('while an object is stored', () => {
    const bytes = randomBytes(500_000);

    it('given a kept connection that was closed meanwhile, then the request is repeated', async () => {
      proxy.fate = first(1, { kind: 'cut' }, isPut);
      await store.put('a/b', bytes);
      expect(proxy.count('PUT')).toBe(2);
      expect(await isStored('a/b', bytes)).toBe(true);
    });

    it('given that the answer is lost, when the repetition finds the object, then it is our own', async () => {
      proxy.fate = first(1, { kind: 'lose-answer' }, isPut);
      expect(await store.put('a/b', bytes)).toEqual({ size: bytes.length });
      expect(await isStored('a/b', bytes)).toBe(true);
    });

    it('given that every answer is lost, then what is stored counts as stored', async () => {
      proxy.fate = always({ kind: 'lose-answer' }, isPut);
      expect(await store.put('a/b', bytes)).toEqual({ size: bytes.length });
      expect(await isStored('a/b', bytes)).toBe(true);
    });

    it('given that every answer is lost and the key is taken by another writer, then the object that was there stays', async () => {
      await direct.put('a/b', Buffer.from('other'));
      proxy.fate = always({ kind: 'lose-answer' }, isPut);
      await expect(store.put('a/b', bytes)).rejects.toMatchObject(away);
      proxy.fate = () => undefined;
      await expect(store.put('a/b', bytes)).rejects.toMatchObject({ code: 'OBJECT_EXISTS' });
      expect((await direct.readRange('a/b', 0, 5)).toString()).toBe('other');
    });

    it('given that the connection breaks within the body, then the store is unavailable and nothing is stored', async () => {
      proxy.fate = always({ kind: 'cut-request', bytes: 200_000 }, isPut);
      await expect(store.put('a/b', bytes)).rejects.toMatchObject({ ...away, key: 'a/b', message: expect.stringMatching(/storing an object failed with (ECONNRESET|EPIPE)/) });
      expect(await listed()).toEqual([]);
    });

    it('given a server that says nothing, then gives up after the time that it may be silent', async () => {
      proxy.fate = always({ kind: 'silence', bytes: 0 }, isGet);
      await direct.put('a/b', bytes);
      await expect(store.readRange('a/b', 0, 10)).rejects.toMatchObject({ ...away, message: expect.stringContaining('ETIMEDOUT') });
    });

    it('given a byte that changed on the way, then the server refuses it and nothing is stored', async () => {
      proxy.fate = always({ kind: 'falsify' }, isPut);
      await expect(store.put('a/b', bytes)).rejects.toMatchObject({ ...away, message: expect.stringMatching(/Checksum|BadDigest/) });
      const writer = await store.openWriter('a/long');
      await writer.write(randomBytes(9 * MiB));
      await expect(writer.commit()).rejects.toMatchObject({ ...away, message: expect.stringMatching(/Checksum|BadDigest/) });
      expect(await listed()).toEqual([]);
      expect(await direct.sweepTemporary(0)).toBe(0);
    });

    it('given that the server is down, then says so at once, and works again when it is back (I8)', async () => {
      await proxy.goDown();
      await expect(store.put('a/b', bytes)).rejects.toMatchObject(away);
      await expect(store.stat('a/b')).rejects.toMatchObject(away);
      await expect(store.read('a/b')).rejects.toMatchObject(away);
      await expect(store.remove(['a/b'])).rejects.toMatchObject(away);
      await expect(store.check()).rejects.toMatchObject(away);
      await expect(store.sweepTemporary(0)).rejects.toMatchObject(away);
      await expect(S3ObjectStore.open({ ...options, endpoint: proxy.endpoint })).rejects.toMatchObject(away);
      await proxy.goUp();
      await expect(store.check()).resolves.toBeUndefined();
      expect(await store.put('a/b', bytes)).toEqual({ size: bytes.length });
    });
  });

  describe('while an object of many parts is stored', () => {
    const bytes = randomBytes(20 * MiB);
    const write = async (): Promise<{ size: number }> => {
      const writer = await store.openWriter('a/long');
      try {
        for (let at = 0; at < bytes.length; at += 65_536) await writer.write(bytes.subarray(at, at + 65_536));
      } catch (error) {
        await writer.abort();
        throw error;
      }
      return writer.commit();
    };

    it('given that a part breaks off, then it is sent again', async () => {
      proxy.fate = first(1, { kind: 'cut-request', bytes: MiB }, isPart);
      expect(await write()).toEqual({ size: bytes.length });
      expect(proxy.count('PUT', 'partNumber=1&')).toBe(2);
      expect(await isStored('a/long', bytes)).toBe(true);
    });

    it('given that a part breaks off each time, then the store is unavailable and nothing is left', async () => {
      proxy.fate = always({ kind: 'cut-request', bytes: MiB }, ({ url }) => url.includes('partNumber=2&'));
      await expect(write()).rejects.toMatchObject(away);
      expect(await listed()).toEqual([]);
      expect(await direct.sweepTemporary(0)).toBe(0);
    });

    it('given that the last answer is lost, then what is stored counts as stored', async () => {
      proxy.fate = always({ kind: 'lose-answer' }, isComplete);
      expect(await write()).toEqual({ size: bytes.length });
      expect(await isStored('a/long', bytes)).toBe(true);
    });

    it('given that the last request never arrives, then the store is unavailable and nothing is left', async () => {
      proxy.fate = always({ kind: 'cut' }, isComplete);
      await expect(write()).rejects.toMatchObject(away);
      expect(await listed()).toEqual([]);
      expect(await direct.sweepTemporary(0)).toBe(0);
    });

    it('given that the server is down when it is aborted, then the upload is swept later', async () => {
      const writer = await store.openWriter('a/long');
      for (let at = 0; at < bytes.length; at += MiB) await writer.write(bytes.subarray(at, at + MiB));
      await until(() => proxy.count('PUT', 'partNumber=2&') > 0);
      await proxy.goDown();
      await writer.abort();
      await proxy.goUp();
      expect(await store.sweepTemporary(3_600_000)).toBe(0);
      expect(await store.sweepTemporary(0)).toBe(1);
      expect(await store.sweepTemporary(0)).toBe(0);
    });
  });

  describe('while an object is read', () => {
    const bytes = randomBytes(4 * MiB);
    beforeEach(() => direct.put('r/object', bytes));

    it('given that the connection breaks before the first byte, then the request is repeated, once', async () => {
      proxy.fate = first(1, { kind: 'cut' }, isGet);
      expect(bytes.equals(await collect(await store.read('r/object')))).toBe(true);
      proxy.fate = always({ kind: 'cut' }, isGet);
      await expect(store.lend('r/object')).rejects.toMatchObject(away);
      expect(proxy.count('GET')).toBe(4);
    });

    it('given that the connection breaks in the middle, then the reading fails and never ends short', async () => {
      proxy.fate = always({ kind: 'cut-answer', bytes: 3 * MiB }, isGet);
      const broken = { ...away, message: expect.stringContaining('ECONNRESET') };
      await expect(store.read('r/object').then(collect)).rejects.toMatchObject(broken);
      await expect(store.lend('r/object').then(collect)).rejects.toMatchObject(broken);
      await expect(store.readRange('r/object', 0, bytes.length)).rejects.toMatchObject(broken);
      await expect(store.lendRange('r/object', 0, bytes.length)).rejects.toMatchObject(broken);
    });

    it('given a server that falls silent in the middle, then the reading fails', async () => {
      proxy.fate = always({ kind: 'silence', bytes: 3 * MiB }, isGet);
      await expect(store.lend('r/object').then(collect)).rejects.toMatchObject({ ...away, message: expect.stringContaining('ETIMEDOUT') });
    });

    it('given a reader who pauses for longer than the server may be silent, then gets all of it nevertheless', async () => {
      const chunks = await store.lend('r/object');
      const { value: begin } = await chunks.next();
      proxy.fate = always({ kind: 'silence', bytes: 0 }, isGet);
      // Twice the time that the server may be silent.
      for (let times = 0; times < 2; times += 1) await expect(store.readRange('r/object', 0, 1)).rejects.toMatchObject(away);
      expect(bytes.equals(Buffer.concat([begin!, await collect(chunks)]))).toBe(true);
    });

    it('given an error of a stream that nobody reads, then nobody is disturbed', async () => {
      proxy.fate = always({ kind: 'cut-answer', bytes: 512 * 1024 }, isGet);
      const stream = await store.read('r/object');
      const chunks = await store.lend('r/object');
      proxy.fate = () => undefined;
      expect(await store.readRange('r/object', 0, 1)).toHaveLength(1);
      stream.destroy();
      await chunks.return();
    });
  });

  describe('and answers with errors', () => {
    const refuse = (status: number, code: string) => always({ kind: 'refuse', status, code }, ({ url }) => url.includes('/e/'));

    it.each([[503, 'SlowDown'], [507, 'XMinioStorageFull'], [500, 'InternalError'], [400, 'RequestTimeout']])('given %d %s, then the store is unavailable, and connections are not used up', async (status, code) => {
      const few = await S3ObjectStore.open({ ...options, endpoint: proxy.endpoint, connections: 2 });
      proxy.fate = refuse(status, code);
      const unavailable = { ...away, message: expect.stringContaining(code) };
      for (let times = 0; times < 4; times += 1) await expect(few.put('e/x', Buffer.from('x'))).rejects.toMatchObject(unavailable);
      for (let times = 0; times < 4; times += 1) await expect(few.readRange('e/x', 0, 1)).rejects.toMatchObject(unavailable);
      proxy.fate = () => undefined;
      expect(await few.put('e/x', Buffer.from('x'))).toEqual({ size: 1 });
      await few.close();
    });

    it('given a server that has too much to do for a moment, then the request is repeated', async () => {
      proxy.fate = first(1, { kind: 'refuse', status: 503, code: 'SlowDown' }, isPut);
      expect(await store.put('e/x', Buffer.from('x'))).toEqual({ size: 1 });
      proxy.fate = first(1, { kind: 'refuse', status: 503, code: 'SlowDown' }, isGet);
      expect(await store.readRange('e/x', 0, 1)).toHaveLength(1);
    });

    it.each([['in one request', isPut, 1], ['in parts', isComplete, 9 * MiB]])('given a write %s that loses its folder to a removal beside it, then it is done again', async (_how, is, size) => {
      proxy.fate = first(2, { kind: 'refuse', status: 403, code: 'AccessDenied' }, is);
      expect(await store.put('e/x', Buffer.alloc(size))).toEqual({ size });
      expect(await store.stat('e/x')).toMatchObject({ size });
    });

    it('given a permission that is missing, then names it', async () => {
      proxy.fate = refuse(403, 'AccessDenied');
      await expect(store.put('e/x', Buffer.from('x'))).rejects.toThrow(/AccessDenied \(the access key needs s3:PutObject on the bucket\)/);
      await expect(store.readRange('e/x', 0, 1)).rejects.toThrow(/s3:GetObject/);
    });

    it('keeps keys of access and of objects out of errors', async () => {
      proxy.fate = refuse(403, 'AccessDenied');
      const error = await store.put('e/1.2.840.99', Buffer.from('x')).catch((caught: unknown) => caught);
      const { message, stack } = error as Error;
      for (const text of [message, stack]) expect(text).not.toContain('1.2.840.99');
      for (const secret of [options.secretKey, options.accessKey, 'Signature']) expect(inspect(error, { depth: null, showHidden: true })).not.toContain(secret);
    });
  });
});
