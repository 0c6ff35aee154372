import { ByteBudget, FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { dicomElement, explicitLittleEndian, implicitLittleEndian } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IDS, inChunks, instanceElements, instanceFile } from '../../test/instance-file.js';
import { receiveInstance, type Received } from './receive-instance.js';
import type { Rejected } from './store-outcome.js';

const MiB = 1024 * 1024;

function keyOf(version: string): string {
  return instanceKey({ partition: 'Microsoft.Default', studyInstanceUid: IDS.study, seriesInstanceUid: IDS.series, sopInstanceUid: IDS.sop }, version);
}

describe('receiveInstance', () => {
  let folder: string;
  let objects: FilesObjectStore;
  let budget: ByteBudget;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-ingest-'));
    objects = await FilesObjectStore.open(folder);
    budget = new ByteBudget(64 * MiB);
  });
  afterEach(async () => {
    await objects.close();
    rmSync(folder, { recursive: true });
  });

  const receive = async (bytes: AsyncIterable<Buffer>, maxHeaderBytes = 16 * MiB): Promise<Received | Rejected> => {
    const received = await receiveInstance(bytes, { partition: 'Microsoft.Default', objects, budget, maxHeaderBytes });
    if (received.kind === 'interrupted') throw received.error;
    return received;
  };
  const accepted = async (bytes: AsyncIterable<Buffer>): Promise<Received> => {
    const received = await receive(bytes);
    if (received.kind === 'rejected') throw new Error(received.comments.join());
    return received;
  };
  const storedBytes = async ({ writer, objectKey, size }: Received): Promise<Buffer> => {
    await writer.commit();
    return objects.readRange(objectKey, 0, size);
  };
  /** Files of the object store, finished or not. */
  const files = (): string[] => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map(({ name }) => name);

  describe('I2: bytes are the sender\'s', () => {
    const pixels = Buffer.from(Uint8Array.from({ length: 200_000 }, (_, at) => (at * 31) % 251));
    const file = instanceFile({}, { dataSet: Buffer.concat([instanceElements(), dicomElement(0x7fe00010, 'OW', pixels)]) });

    it.each([1, 7, 131, 132, 133, 1_000, 65_536, 10 * MiB])('given chunks of %d bytes, then the object is the file, and size and digest are the object\'s', async (chunk) => {
      const small = chunk < 100 ? instanceFile() : file;
      const received = await accepted(inChunks(small, chunk));
      expect(received.size).toBe(small.length);
      expect(received.sha256).toBe(createHash('sha256').update(small).digest('hex'));
      expect((await storedBytes(received)).equals(small)).toBe(true);
    });

    it.each([1, 50, 131, 132, 4_096])('given a preamble with a program in it and chunks of %d bytes, then it is zeroed, and nothing else', async (chunk) => {
      const preamble = Buffer.from('MZ this is a program'.repeat(7)).subarray(0, 128);
      const received = await accepted(inChunks(instanceFile({}, { preamble }), chunk));
      const expected = instanceFile();
      expect((await storedBytes(received)).equals(expected)).toBe(true);
      expect(received.sha256).toBe(createHash('sha256').update(expected).digest('hex'));
    });

    it('given a data set without preamble, then nothing is zeroed', async () => {
      const bare = instanceElements({}, false);
      const received = await receive(inChunks(bare, 4_096));
      if (received.kind === 'received') expect((await storedBytes(received)).equals(bare)).toBe(true);
      else expect(received.reason).toBe(43264);
    });
  });

  it('given an instance, then the object\'s key names it and its version, and what was parsed is there', async () => {
    const received = await accepted(inChunks(instanceFile(), 100));
    expect(received.objectKey).toBe(keyOf(received.version));
    expect(received).toMatchObject({ fileMetaSopClass: IDS.sopClass, scanned: { transferSyntaxUid: explicitLittleEndian, hasFileMeta: true } });
    await received.writer.abort();
    received.share.release();
  });

  it('given padded UIDs, then they are the same UIDs', async () => {
    const received = await accepted(inChunks(instanceFile({ '00080018': ['UI', '1.2.3.4.5\0'], '0020000D': ['UI', '1.2.3 '] }), 4_096));
    expect(received.objectKey).toBe(keyOf(received.version));
    await received.writer.abort();
  });

  it.each([1_000, 65_536, 10 * MiB])('given UIDs behind the first 64 KiB, in chunks of %d bytes, then the object is whole all the same', async (chunk) => {
    const filler = Array.from({ length: 200 }, (_, at) => dicomElement(0x00091000 + at, 'UN', Buffer.alloc(1_000, at)));
    const dataSet = Buffer.concat([
      dicomElement(0x00080016, 'UI', IDS.sopClass), dicomElement(0x00080018, 'UI', IDS.sop), dicomElement(0x00090010, 'LO', 'FILLER'), ...filler,
      dicomElement(0x00100020, 'LO', 'P1'), dicomElement(0x0020000d, 'UI', IDS.study), dicomElement(0x0020000e, 'UI', IDS.series),
    ]);
    const file = instanceFile({}, { dataSet });
    const received = await accepted(inChunks(file, chunk));
    expect((await storedBytes(received)).equals(file)).toBe(true);
    received.share.release();
    expect(budget.used).toBe(0);
  });

  it('given Implicit VR, then it is received', async () => {
    const file = instanceFile({}, { transferSyntax: implicitLittleEndian });
    expect((await storedBytes(await accepted(inChunks(file, 100)))).equals(file)).toBe(true);
  });

  describe('what is not received leaves nothing', () => {
    const nothingLeft = (): void => {
      expect(files()).toEqual([]);
      expect(budget.used).toBe(0);
    };

    it('given a source that ends by an error behind the UIDs, then the error goes on', async () => {
      const source = async function* (): AsyncGenerator<Buffer> {
        yield* inChunks(instanceFile(), 100);
        throw new Error('the client is gone');
      };
      await expect(receive(source())).rejects.toThrow('the client is gone');
      nothingLeft();
    });

    it.each(['00080018', '0020000D', '0020000E'])('given no %s, then 43264 that names it', async (tag) => {
      expect(await receive(inChunks(instanceFile({ [tag]: undefined }), 100))).toMatchObject({ kind: 'rejected', reason: 43264, comments: [expect.stringContaining(`(${tag.slice(0, 4)},${tag.slice(4).toLowerCase()})`)] });
      nothingLeft();
    });

    it.each(['1.2_3', '..', '.', '1'.repeat(66)])('given the study "%s", then 43264, and the other identifiers are told', async (uid) => {
      const rejected = await receive(inChunks(instanceFile({ '0020000D': ['UI', uid] }), 100));
      expect(rejected).toMatchObject({ kind: 'rejected', reason: 43264, ids: { sop: IDS.sop, sopClass: IDS.sopClass } });
      nothingLeft();
    });

    it.each<[string, Buffer]>([['nothing', Buffer.alloc(0)], ['text', Buffer.from('this is no DICOM file, but it is long enough to be looked at '.repeat(5))], ['a file that ends in an element', instanceFile().subarray(0, -3)], ['zeros', Buffer.alloc(1_000)]])('given %s, then 43264', async (_, bytes) => {
      expect(await receive(inChunks(bytes, 50))).toMatchObject({ kind: 'rejected', reason: 43264 });
      nothingLeft();
    });

    it('given a header above the limit, then 43264', async () => {
      const file = instanceFile({ '00204000': ['LT', 'x'.repeat(60_000)] });
      expect(await receive(inChunks(file, 1_000), 10_000)).toMatchObject({ kind: 'rejected', reason: 43264 });
      nothingLeft();
    });

    it('given that the headers of all uploads fill the budget, then 272, and there is room again for the next', async () => {
      const others = budget.share();
      others.grow(64 * MiB - 100);
      expect(await receive(inChunks(instanceFile(), 100))).toMatchObject({ kind: 'rejected', reason: 272 });
      others.release();
      nothingLeft();
      const received = await accepted(inChunks(instanceFile(), 100));
      await received.writer.abort();
      received.share.release();
      nothingLeft();
    });
  });
});
