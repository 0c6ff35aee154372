import type { ElementChange } from '@isocenter/dicom';
import { NEVER_UPDATED, type InstanceRow } from '@isocenter/metadata-store';
import { FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRewrite } from './open-rewrite.js';

const UID = '1.2.3';
const element = (tag: number, vr: string, value: Buffer | string): Buffer => {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value);
  const long = vr === 'OB' || vr === 'OW';
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(bytes.length, 8);
  else header.writeUInt16LE(bytes.length, 6);
  return Buffer.concat([header, bytes]);
};
const head = Buffer.concat([
  Buffer.alloc(128), Buffer.from('DICM'), element(0x00020010, 'UI', '1.2.840.10008.1.2.1\0'),
  element(0x00080018, 'UI', `${UID}\0`), element(0x00100010, 'PN', 'Old^Name'), element(0x0020000d, 'UI', `${UID}\0`), element(0x0020000e, 'UI', `${UID}\0`),
]);

/** With the real store, which reads, lends and streams as it does for a bulk update. */
describe('openRewrite', () => {
  let folder: string;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-rewrite-'));
    objects = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await objects.close();
    await rm(folder, { recursive: true, force: true });
  });

  const objectKey = instanceKey({ partition: 'p', studyInstanceUid: UID, seriesInstanceUid: UID, sopInstanceUid: UID }, 'v1');
  const rowOf = (size: number): InstanceRow => ({
    partition: 1, study: UID, series: UID, sop: UID, ordinal: 1, version: 'v1', objectKey, size, sha256: '', transferSyntax: '', sopClass: '', instanceNumber: null,
    storedBy: '', storedAt: '', frameCount: 1, studySet: '', seriesSet: '', attributes: '', ...NEVER_UPDATED,
  });
  const named = (text: string): ElementChange[] => [{ tag: 0x00100010, vr: 'PN', text }];

  it.each([
    ['a small object', 1_000, named('New^Name')], ['an object of several reads', 5_000_000, named('New^Name')],
    ['an object of several reads that has to be scanned whole', 5_000_000, named('Люк')], ['an object of just one read', 1_048_576 - head.length - 12, named('New^Name')],
  ])('given %s, then the bytes are those that were stored, but for the change', async (_what, pixelBytes, changes) => {
    const pixels = element(0x7fe00010, 'OW', randomBytes(pixelBytes));
    const stored = Buffer.concat([head, pixels]);
    await objects.put(objectKey, stored);
    const parts: Buffer[] = [];
    // Each chunk is the reader's own: it may be freed as soon as it is written.
    for await (const chunk of await openRewrite(objects, rowOf(stored.length), changes, 1_000_000)) parts.push(Buffer.from(chunk));
    const written = Buffer.concat(parts);
    expect(written.subarray(-pixels.length).equals(pixels)).toBe(true);
    const before = written.subarray(0, -pixels.length);
    expect([before.includes(changes[0]!.text), before.includes('Old^Name'), before.length < 1_000]).toEqual([true, false, true]);
  });

  it('given a chunk that is freed when it is written, then the next one is not', async () => {
    const pixels = element(0x7fe00010, 'OW', randomBytes(3_000_000));
    const stored = Buffer.concat([head, pixels]);
    await objects.put(objectKey, stored);
    let size = 0;
    for await (const chunk of await openRewrite(objects, rowOf(stored.length), named('Same^Len'), 1_000_000)) {
      size += chunk.length;
      if (chunk.length === chunk.buffer.byteLength) (chunk.buffer as ArrayBuffer).transfer(0);
    }
    expect(size - pixels.length).toBeLessThan(1_000);
    expect(size).toBeGreaterThan(pixels.length);
  });
});
