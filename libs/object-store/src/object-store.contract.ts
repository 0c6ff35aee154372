import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes, randomUUID } from 'node:crypto';
import type { ObjectStore, ObjectWriter } from './object-store.js';
import { encodeSegment, instanceKey } from './object-key.js';

/** A store that nobody else writes to, and how to end it and what it holds. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  readonly end: () => Promise<void>;
}

const collect = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
};

/** Looks at each chunk only while it is lent, as a writer to a socket does. */
const collectLent = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(Buffer.from(chunk));
  return Buffer.concat(all);
};

const writeAll = async (writer: ObjectWriter, chunks: Iterable<Buffer>): Promise<{ size: number }> => {
  for (const chunk of chunks) await writer.write(chunk);
  return writer.commit();
};

/** What every object store does; an adapter's spec hands over how to make one. */
export const describeObjectStore = (name: string, create: () => Promise<StoreUnderTest>): void => {
  describe(`${name} as an object store`, () => {
    let under: StoreUnderTest;
    let store: ObjectStore;
    const listed = async (prefix: string, after?: string): Promise<string[]> => {
      const keys: string[] = [];
      for await (const { key } of store.list(prefix, after)) keys.push(key);
      return keys;
    };

    beforeEach(async () => {
      under = await create();
      store = under.store;
    });
    afterEach(() => under.end());

    describe('storing', () => {
      it.each([0, 1, 65_536, 1_048_576, 3_500_001, 20_000_000])('gives back %d bytes as they came', async (size) => {
        const bytes = randomBytes(size);
        const chunks: Buffer[] = [];
        for (let at = 0; at < size; at += 65_536) chunks.push(bytes.subarray(at, at + 65_536));
        expect(await writeAll(await store.openWriter('a/b/c'), chunks)).toEqual({ size });
        expect(bytes.equals(await collect(await store.read('a/b/c')))).toBe(true);
        expect((await store.stat('a/b/c')).size).toBe(size);
      });

      it('keeps the order of very many very small chunks', async () => {
        const bytes = randomBytes(50_000);
        await writeAll(await store.openWriter('a/small'), Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)));
        expect(bytes.equals(await collect(await store.read('a/small')))).toBe(true);
      });

      it('takes chunks that are larger than its own buffers', async () => {
        const bytes = randomBytes(9_000_000);
        await writeAll(await store.openWriter('a/large'), [bytes.subarray(0, 10), bytes.subarray(10)]);
        expect(bytes.equals(await collect(await store.read('a/large')))).toBe(true);
      });

      it('keeps parallel writers apart', async () => {
        const objects = Array.from({ length: 40 }, (_, at) => ({ key: `p/${at % 3}/${at}`, bytes: randomBytes(70_000) }));
        await Promise.all(objects.map(({ key, bytes }) => store.put(key, bytes)));
        for (const { key, bytes } of objects) expect(bytes.equals(await collect(await store.read(key)))).toBe(true);
      });

      it('shows nothing before the commit', async () => {
        const writer = await store.openWriter('a/hidden');
        await writer.write(randomBytes(2_000_000));
        await expect(store.stat('a/hidden')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
        expect(await listed('')).toEqual([]);
        await writer.commit();
        expect(await listed('')).toEqual(['a/hidden']);
      });

      it('leaves nothing behind when a writer is aborted, before its first chunk, within, or twice', async () => {
        const unused = await store.openWriter('a/aborted');
        await unused.abort();
        const begun = await store.openWriter('a/aborted');
        await begun.write(randomBytes(3_000_000));
        await begun.abort();
        await begun.abort();
        expect(await listed('')).toEqual([]);
        expect(await store.sweepTemporary(0)).toBe(0);
      });

      it('refuses a writer that has ended', async () => {
        const writer = await store.openWriter('a/ended');
        await writer.commit();
        expect(() => writer.write(Buffer.from('late'))).toThrow(TypeError);
        await expect(writer.commit()).rejects.toThrow(TypeError);
        await writer.abort();
        expect(await listed('')).toEqual(['a/ended']);
      });
    });

    describe('write-once (I5)', () => {
      it('refuses a key that is taken and keeps the first object', async () => {
        await store.put('a/once', Buffer.from('first'));
        await expect(store.put('a/once', Buffer.from('second'))).rejects.toMatchObject({ code: 'OBJECT_EXISTS', key: 'a/once', retriable: false });
        expect((await collect(await store.read('a/once'))).toString()).toBe('first');
        expect(await store.sweepTemporary(0)).toBe(0);
      });

      it('lets exactly one of two writers of one key win', async () => {
        const outcomes = await Promise.allSettled(['one', 'two', 'three'].map((text) => store.put('a/race', Buffer.from(text))));
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await listed('')).toEqual(['a/race']);
      });

      it('gives the key free when the object is removed', async () => {
        await store.put('a/again', Buffer.from('old'));
        expect((await store.readRange('a/again', 0, 3)).toString()).toBe('old');
        await store.remove(['a/again']);
        await store.put('a/again', Buffer.from('new'));
        expect((await store.readRange('a/again', 0, 3)).toString()).toBe('new');
      });
    });

    describe('reading', () => {
      const bytes = randomBytes(5_000_000);
      beforeEach(() => store.put('r/object', bytes));

      it.each([[0, 0], [0, 1], [17, 100_000], [999_999, 3_000_001], [4_999_999, 1], [0, 5_000_000]])('gives the range from %d of %d bytes', async (offset, length) => {
        const expected = bytes.subarray(offset, offset + length);
        expect(expected.equals(await store.readRange('r/object', offset, length))).toBe(true);
        expect(expected.equals(await collect(await store.read('r/object', { offset, length })))).toBe(true);
        expect(expected.equals(await collectLent(await store.lend('r/object', { offset, length })))).toBe(true);
        const lent = await store.lendRange('r/object', offset, length);
        expect(expected.equals(lent.bytes)).toBe(true);
        lent.release();
      });

      it('fails, and never ends short, when the object ends before the range', async () => {
        await expect(store.readRange('r/object', 4_999_000, 1001)).rejects.toMatchObject({ code: 'OBJECT_TRUNCATED' });
        const read = async (): Promise<Buffer> => collect(await store.read('r/object', { offset: 4_000_000, length: 1_000_001 }));
        await expect(read()).rejects.toMatchObject({ code: 'OBJECT_TRUNCATED', retriable: false });
        const lend = async (): Promise<Buffer> => collectLent(await store.lend('r/object', { offset: 4_000_000, length: 1_000_001 }));
        await expect(lend()).rejects.toMatchObject({ code: 'OBJECT_TRUNCATED', retriable: false });
        await expect(store.lendRange('r/object', 4_999_000, 1001)).rejects.toMatchObject({ code: 'OBJECT_TRUNCATED' });
      });

      it('says that there is no object before there is a stream', async () => {
        const missing = { code: 'OBJECT_NOT_FOUND', name: 'ObjectNotFoundError', key: 'r/nothing', retriable: false };
        await expect(store.read('r/nothing')).rejects.toMatchObject(missing);
        await expect(store.read('r/nothing', { offset: 0, length: 1 })).rejects.toMatchObject(missing);
        await expect(store.readRange('r/nothing', 0, 1)).rejects.toMatchObject(missing);
        await expect(store.lend('r/nothing')).rejects.toMatchObject(missing);
        await expect(store.lendRange('r/nothing', 0, 1)).rejects.toMatchObject(missing);
        await expect(store.stat('r/nothing')).rejects.toMatchObject(missing);
        await expect(store.stat('r')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
      });

      it('keeps the key, which holds UIDs, out of the text of errors', async () => {
        await expect(store.stat('r/nothing')).rejects.toThrow(expect.not.objectContaining({ message: expect.stringContaining('nothing') }));
      });

      it('is refused a range that no object can have', async () => {
        await expect(store.readRange('r/object', -1, 1)).rejects.toThrow(TypeError);
        await expect(store.read('r/object', { offset: 0, length: 0.5 })).rejects.toThrow(TypeError);
      });

      it('serves many readers of one object at once', async () => {
        const ranges = Array.from({ length: 200 }, (_, at) => at * 20_000);
        const read = await Promise.all(ranges.map((offset) => store.readRange('r/object', offset, 20_000)));
        read.forEach((part, at) => expect(part.equals(bytes.subarray(at * 20_000, (at + 1) * 20_000))).toBe(true));
      });

      it('lends the same memory to nobody else while it is out', async () => {
        const [one, two] = await Promise.all([store.lendRange('r/object', 0, 500_000), store.lendRange('r/object', 500_000, 500_000)]);
        one.release();
        one.release();
        const [three, four] = await Promise.all([store.lendRange('r/object', 1_000_000, 500_000), store.lendRange('r/object', 1_500_000, 500_000)]);
        expect(two.bytes.equals(bytes.subarray(500_000, 1_000_000))).toBe(true);
        expect(three.bytes.equals(bytes.subarray(1_000_000, 1_500_000))).toBe(true);
        expect(four.bytes.equals(bytes.subarray(1_500_000, 2_000_000))).toBe(true);
      });

      it('lends to many at once, and to some who leave early', async () => {
        const readers = Array.from({ length: 30 }, async (_, at) => {
          const chunks = await store.lend('r/object');
          if (at % 3 === 0) return chunks.return();
          if (at % 3 === 1) for await (const chunk of chunks) return expect(chunk.equals(bytes.subarray(0, chunk.length))).toBe(true);
          return expect(bytes.equals(await collectLent(chunks))).toBe(true);
        });
        await Promise.all(readers);
        expect((await (await store.lend('r/object')).return()).done).toBe(true);
      });

      it('can be given up at any point', async () => {
        for (const wanted of [0, 1, 2]) {
          const stream = await store.read('r/object');
          let seen = 0;
          if (wanted > 0) for await (const _ of stream) if ((seen += 1) === wanted) break;
          stream.destroy();
          expect(stream.destroyed).toBe(true);
        }
        expect(await store.readRange('r/object', 0, 4)).toHaveLength(4);
      });
    });

    describe('removing', () => {
      it('removes what is there and is content with what is not, again and again', async () => {
        await store.put('d/x/1', Buffer.from('1'));
        await store.put('d/x/2', Buffer.from('2'));
        await store.put('d/y/3', Buffer.from('3'));
        for (let time = 0; time < 2; time += 1) {
          await store.remove(['d/x/1', 'd/y/3', 'd/never/4', 'e']);
          expect(await listed('')).toEqual(['d/x/2']);
        }
        await store.remove([]);
        await expect(store.read('d/x/1')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
      });

      it('removes more objects in one call than go in one request', async () => {
        const keys = Array.from({ length: 1_100 }, (_, at) => `many/${at}`);
        await store.put('many/kept', Buffer.alloc(1));
        for (let at = 0; at < keys.length; at += 50) await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, Buffer.alloc(1))));
        await store.remove(keys);
        expect(await listed('')).toEqual(['many/kept']);
      });

      it('does not disturb stores beside it', async () => {
        const bytes = Buffer.from('x');
        await Promise.all(Array.from({ length: 4 }, async (_, lane) => {
          for (let round = 0; round < 25; round += 1) {
            const key = `busy/study/series/${lane}-${round}`;
            await store.put(key, bytes);
            await store.remove([key]);
          }
        }));
        expect(await listed('')).toEqual([]);
      });
    });

    describe('listing', () => {
      it('goes in the order of whole keys, below any prefix', async () => {
        const keys = ['a-b/c', 'a.b', 'a/b', 'a/b.x', 'a/b/c', 'a/b/d', 'a/c', 'ab', 'b'].filter((key) => key !== 'a/b');
        for (const key of [...keys].reverse()) await store.put(key, Buffer.from(key));
        expect(await listed('')).toEqual([...keys].sort());
        expect(await listed('a/b')).toEqual(['a/b.x', 'a/b/c', 'a/b/d']);
        expect(await listed('a/b/')).toEqual(['a/b/c', 'a/b/d']);
        expect(await listed('a/b/c')).toEqual(['a/b/c']);
        expect(await listed('z')).toEqual([]);
      });

      it('goes on behind a key, there or not', async () => {
        const keys = ['a-b/c', 'a.b', 'a/b.x', 'a/b/c', 'a/b/d', 'a/c', 'ab', 'b'].sort();
        for (const key of keys) await store.put(key, Buffer.from(key));
        for (const after of [...keys, '', 'a', 'a/', 'a/b', 'a/b/', 'a/b/cc', 'a0', 'c']) expect([after, await listed('', after)]).toEqual([after, keys.filter((key) => key > after)]);
        expect(await listed('a/b/', 'a/b/c')).toEqual(['a/b/d']);
        expect(await listed('a/b/', 'a.b')).toEqual(['a/b/c', 'a/b/d']);
      });

      it('tells size and time', async () => {
        const before = Date.now();
        await store.put('l/object', Buffer.alloc(123));
        for await (const object of store.list('l/')) {
          expect(object).toMatchObject({ key: 'l/object', size: 123 });
          expect(Math.abs(object.modified.getTime() - before)).toBeLessThan(60_000);
        }
      });

      it('reaches past one page', async () => {
        const keys = Array.from({ length: 1_050 }, (_, at) => `page/${String(at).padStart(5, '0')}`);
        for (let at = 0; at < keys.length; at += 50) await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, Buffer.alloc(1))));
        expect(await listed('page/')).toEqual(keys);
      });
    });

    describe('keys', () => {
      const twins = ['.', '..', '...', '', 'A', 'a', 'ä', '%41', 'a/b', 'a\\b', 'con', ' ', '1.2.840.1', 'x'.repeat(300), `${'x'.repeat(299)}y`, 'Ü'.repeat(90), '\u0000'];

      it('keeps apart and gives back whatever text a segment is made from', async () => {
        for (const text of twins) await store.put(`t/${encodeSegment(text)}/o`, Buffer.from(text));
        for (const text of twins) expect((await collect(await store.read(`t/${encodeSegment(text)}/o`))).toString()).toBe(text);
        expect(await listed('t/')).toHaveLength(twins.length);
      });

      it('takes the longest identifiers', async () => {
        const uid = '9'.repeat(64);
        const instance = { partition: 'P'.repeat(64), studyInstanceUid: uid, seriesInstanceUid: uid, sopInstanceUid: uid };
        const key = instanceKey(instance, randomUUID());
        await store.put(key, Buffer.from('long'));
        expect(await listed('')).toEqual([key]);
      });

      it.each(['', '/', 'a/', '/a', 'a//b', '../a', 'a/../b', 'a/.', '.incoming/x', 'A', 'a b', 'a\\b', 'a\n'])('refuses %j, which no encoded segments make', async (key) => {
        await expect(store.openWriter(key)).rejects.toThrow(TypeError);
        await expect(store.stat(key)).rejects.toThrow(TypeError);
        await expect(store.readRange(key, 0, 1)).rejects.toThrow(TypeError);
        await expect(store.remove([key])).rejects.toThrow(TypeError);
      });
    });

    describe('sweeping', () => {
      it('spares writers that are at work', async () => {
        const writer = await store.openWriter('s/working');
        await writer.write(randomBytes(2_000_000));
        expect(await store.sweepTemporary(0)).toBe(0);
        expect(await writer.commit()).toEqual({ size: 2_000_000 });
      });
    });

    it('is well while it can be reached', async () => {
      await expect(store.check()).resolves.toBeUndefined();
    });
  });
};
