import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newBucket, removeBucket } from '../../test/s3-under-test.js';
import { S3ObjectStore, S3Reader, type S3Options } from './index.js';
import { S3Connection } from './s3-connection.js';

/** Names as other programs give them. */
const ODD = ['A/Größe & Co', "a/it's (1)!*.dcm", 'a/plus+and space', 'a/%2e%2e', 'a/b.c', 'a/b/c', 'a/山', 'a-b', 'folder/'].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));

describe('S3Reader', () => {
  let options: S3Options;
  let reader: S3Reader;
  beforeAll(async () => {
    options = newBucket();
    await (await S3ObjectStore.open(options)).close();
    const connection = new S3Connection(options);
    for (const key of ODD) await connection.tell({ method: 'PUT', key, body: [Buffer.from(key)] });
    for (let from = 0; from < 1_100; from += 50) await Promise.all(Array.from({ length: 50 }, (_none, at) => connection.tell({ method: 'PUT', key: `many/${String(from + at).padStart(5, '0')}`, body: [Buffer.from('x')] })));
    connection.close();
    reader = new S3Reader(options);
  });
  afterAll(async () => {
    reader.close();
    const connection = new S3Connection(options);
    for (const key of ODD) await connection.tell({ method: 'DELETE', key });
    connection.close();
    await removeBucket(options);
  });
  const list = async (prefix: string, after = ''): Promise<string[]> => {
    const keys: string[] = [];
    for await (const key of reader.list(prefix, after)) keys.push(key);
    return keys;
  };

  it('given keys of any text, then they are listed in the order of their bytes, from each on the rest, and read', async () => {
    expect((await list('')).filter((key) => !key.startsWith('many/'))).toEqual(ODD);
    const below = ODD.filter((key) => key.startsWith('a/'));
    for (const [at, key] of below.entries()) expect(await list('a/', key)).toEqual(below.slice(at + 1));
    for (const key of ODD) {
      const chunks: Buffer[] = [];
      for await (const chunk of await reader.read(key)) chunks.push(Buffer.from(chunk));
      expect(Buffer.concat(chunks).toString()).toBe(key);
    }
  });

  it('given more keys than a page of the server has, then all', async () => {
    expect(await list('many/')).toHaveLength(1_100);
    expect(await list('many/', 'many/00999')).toHaveLength(100);
  });

  it('given a key that is not there, a bucket that is not, or a wrong key for access, then it says which', async () => {
    await expect(reader.read('missing')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    for (const wrong of [{ bucket: 'isocenter-no-such-bucket' }, { secretKey: 'not this one' }]) {
      const other = new S3Reader({ ...options, ...wrong });
      const listing = (async () => {
        for await (const key of other.list('', '')) return key;
        return undefined;
      })();
      await expect(listing).rejects.toMatchObject({ code: 'OBJECT_STORE_SETTINGS', retriable: false });
      other.close();
    }
  });
});
