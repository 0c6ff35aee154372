import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeFrameTable } from '@isocenter/dicom';
import { FramePool } from '@isocenter/imaging';
import { type InstanceRow, NEVER_UPDATED } from '@isocenter/metadata-store';
import { FilesObjectStore } from '@isocenter/object-store';
import { ResultCache } from '@isocenter/result-cache';
import { StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { createLogger } from '@isocenter/telemetry';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type HeldPicture, MakePicture } from './make-picture.js';
import type { RenderParameters } from './render-frame/parse-render-parameters.js';

const [columns, rows] = [1500, 1000];
const of = { partition: 1, study: '1.1', series: '1.2', sop: '1.3' };
const row: InstanceRow = {
  ...of, ordinal: 1, version: 'v1', objectKey: 'k1', size: columns * rows, sha256: 'h', transferSyntax: '1.2.840.10008.1.2.1', sopClass: '1.2.840.10008.5.1.4.1.1.7', instanceNumber: null, storedBy: 'me',
  storedAt: '2026-01-01T00:00:00.000Z', frameCount: 1, studySet: 's', seriesSet: 's', attributes: '', ...NEVER_UPDATED,
};
const us = (value: number): unknown => ({ vr: 'US', Value: [value] });
const metadata = { '00280002': us(1), '00280004': { vr: 'CS', Value: ['MONOCHROME2'] }, '00280010': us(rows), '00280011': us(columns), '00280100': us(8), '00280101': us(8), '00280102': us(7), '00280103': us(0) };

describe('MakePicture', () => {
  const pool = new FramePool({ threads: 1, maxQueuedBytes: 2 * 2 * columns * rows - 2 });
  const results = new ResultCache({ folder: '', limit: 0, process: 'test', log: createLogger({ level: 'silent', service: 'test' }) });
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let makePicture: MakePicture;
  beforeAll(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    await objects.put('k1', randomFillSync(Buffer.alloc(columns * rows)));
    const frameTable = encodeFrameTable({ kind: 'native', frames: 1, offset: 0, frameBits: 8 * columns * rows, strideBits: 8 * columns * rows, inflated: false });
    await ports.store.commit({
      writes: [
        { op: 'put', table: 'instances', row },
        { op: 'put', table: 'instanceMetadata', row: { ...of, version: 'v1', metadataKey: null, marks: Buffer.alloc(0), metadata: Buffer.from(JSON.stringify(metadata)), frameTableKey: null, frameTable, bulk: '[]' } },
      ],
    });
    makePicture = new MakePicture(new StoredImages(new StoredInstances(ports.store, objects)), pool, results);
  });
  afterAll(async () => {
    await pool.close();
    await objects.close();
    await ports.close();
  });
  const stays = new AbortController();
  const picture = (mediaType: 'image/png' | 'image/jpeg', parameters: Partial<RenderParameters> = {}, signal = stays.signal): Promise<HeldPicture> =>
    makePicture.run(row, 1, mediaType, { quality: 90, name: '', ...parameters } as RenderParameters, signal);
  afterEach(() => expect(pool.load).toMatchObject({ places: 0, heldBytes: 0 }));

  it('given a large picture that its client has not taken, then the next one waits until that is given back', async () => {
    const first = await picture('image/png');
    expect(first.length).toBeGreaterThan(1024 ** 2);
    expect(pool.load).toMatchObject({ places: 1, heldBytes: columns * rows });
    let isMade = false;
    const next = picture('image/png', { quality: 80 }).finally(() => (isMade = true));
    // In the meantime small ones are made.
    (await picture('image/png', { viewport: { width: 100, height: 100 } })).release();
    for (const deadline = Date.now() + 20_000; pool.load.places < 2 && Date.now() < deadline; ) await pause(5);
    expect([pool.load.places, isMade]).toEqual([2, false]);
    first.release();
    (await next).release();
  });

  it('given a large picture that came out smaller than its pixels, then it holds no more than it has', async () => {
    const { length, release } = await picture('image/jpeg', { quality: 90 });
    expect(length).toBeGreaterThan(1024 ** 2);
    expect(length).toBeLessThan(columns * rows);
    expect(pool.load).toMatchObject({ places: 1, heldBytes: length });
    release();
  });

  it('given a picture that came out small, then it has no place any more', async () => {
    const { length } = await picture('image/jpeg', { quality: 1 });
    expect(length).toBeLessThan(1024 ** 2);
  });

  it('given a client that left, or what cannot be made, then nothing stays taken', async () => {
    const leaves = new AbortController();
    const left = picture('image/png', {}, leaves.signal);
    leaves.abort();
    await expect(left).rejects.toMatchObject({ status: 503 });
    await expect(picture('image/png', { viewport: { width: 2000, height: 2000, left: columns } })).rejects.toMatchObject({ status: 400 });
  });
});
