import { FilesObjectStore, type ObjectStore } from '@isocenter/object-store';
import type { InstanceRow } from '@isocenter/metadata-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { deflateRawSync } from 'node:zlib';
import { inflateRange } from './read-range.js';

const META = 200;
const content = Buffer.from(Array.from({ length: 400_000 }, (_none, at) => (at * 13) % 241));
const deflated = deflateRawSync(content);
const row = { objectKey: 'p/s/e/i/1.dcm', size: META + deflated.length } as InstanceRow;

let folder: string;
let objects: ObjectStore;
/** How often the data set was read from its beginning. */
let begun: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-ranges-'));
  const store = await FilesObjectStore.open(folder);
  const head = Buffer.alloc(META);
  head.writeUInt32LE(META - 144, 140);
  const writer = await store.openWriter(row.objectKey);
  await writer.write(Buffer.concat([head, deflated]));
  await writer.commit();
  begun = 0;
  objects = new Proxy(store, {
    get: (target, name) => {
      if (name === 'read') begun++;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
});
afterEach(async () => {
  await objects.close();
  await rm(folder, { recursive: true });
});

const range = (first: number, length: number): Promise<Buffer> => buffer(inflateRange(objects, row, { offset: META + first, length }));
const expectRange = async (first: number, length: number): Promise<void> => expect((await range(first, length)).equals(content.subarray(first, first + length))).toBe(true);

describe('inflateRange', () => {
  it('given ranges in order, also such that share a byte or leave some out, then the data set is inflated once', async () => {
    for (let at = 0; at < 300_000; at += 5_000) await expectRange(Math.max(0, at - 1), 4_001);
    expect(begun).toBe(1);
  });

  it('given ranges that are read two at a time, then it is inflated twice', async () => {
    for (let at = 0; at < 300_000; at += 20_000) await Promise.all([expectRange(at, 10_000), expectRange(at + 10_000, 10_000)]);
    expect(begun).toBe(2);
  });

  it('given a range before the last one, then it is inflated from the beginning', async () => {
    await expectRange(300_000, 1_000);
    await expectRange(10, 1_000);
    expect(begun).toBe(2);
  });

  it('given a reader that leaves, then the next one gets all the same', async () => {
    for await (const chunk of inflateRange(objects, row, { offset: META, length: 200_000 })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await expectRange(0, 400_000);
  });

  it('given a range that ends behind the data set, then an error that says how much there is', async () => {
    await expect(range(399_000, 2_000)).rejects.toThrow('1000');
    await expectRange(399_000, 1_000);
  });
});
