import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encodeFrameTable } from '@isocenter/dicom';
import { FramePool } from '@isocenter/imaging';
import { NEVER_UPDATED, type InstanceRow, type Write } from '@isocenter/metadata-store';
import { FilesObjectStore } from '@isocenter/object-store';
import type { ResultCache } from '@isocenter/result-cache';
import { FrameTables, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { join } from 'node:path';
import { TranscodeFrames } from '../transcode-frames/transcode-frames.js';
import { TranscodeInstance } from '../transcode-instance/transcode-instance.js';

const of = { partition: 1, study: '1.1', series: '1.2', sop: '1.3' };
const sent: InstanceRow = {
  ...of, ordinal: 1, version: 'v1', objectKey: 'k1', size: 10, sha256: 'h1', transferSyntax: '1.2.840.10008.1.2.1', sopClass: '1.2.840.10008.5.1.4.1.1.7', instanceNumber: null, storedBy: 'me',
  storedAt: '2026-01-01T00:00:00.000Z', frameCount: 1, studySet: 's', seriesSet: 's', attributes: '', ...NEVER_UPDATED,
};
const replaced: InstanceRow = { ...sent, version: 'v2', objectKey: 'k2' };
const updated: InstanceRow = { ...replaced, updateId: 'u', originalVersion: 'v1', originalObjectKey: 'k1', originalSize: 10, originalSha256: 'h1' };

/** Pixels of each version begin somewhere else. */
const metadataOf = (version: string, offset: number, table: 'instanceMetadata' | 'originalMetadata' = 'instanceMetadata'): Write => ({
  op: 'put', table, row: {
    ...of, version, metadataKey: null, marks: Buffer.alloc(0), frameTableKey: null, bulk: '[]',
    metadata: Buffer.from('{"00280010":{"vr":"US","Value":[2]},"00280011":{"vr":"US","Value":[2]},"00280100":{"vr":"US","Value":[8]}}'),
    frameTable: encodeFrameTable({ kind: 'native', frames: 1, offset, frameBits: 32, strideBits: 32, inflated: false }),
  },
});

describe('an instance of which another version was stored since its row was read', () => {
  let ports: OpenPorts;
  let instances: StoredInstances;
  const commit = async (row: InstanceRow, ...metadata: Write[]): Promise<void> => void await ports.store.commit({ writes: [{ op: 'put', table: 'instances', row }, ...metadata] });
  beforeEach(async () => {
    ports = await openPorts();
    instances = new StoredInstances(ports.store, await FilesObjectStore.open(join(ports.folder, 'objects')));
    await commit(sent, metadataOf('v1', 100));
  });
  afterEach(async () => {
    await instances.objects.close();
    await ports.close();
  });

  const both = async (row: InstanceRow): Promise<unknown[]> => {
    const [frames, image] = [await new FrameTables(instances).of(row), await new StoredImages(instances).require(row, [1])];
    return [frames, image].map(({ row, table }) => [row.version, row.objectKey, table.kind === 'native' && table.offset]);
  };

  it('given the row of now, then row and frame table of it', async () => {
    expect(await both(sent)).toEqual([['v1', 'k1', 100], ['v1', 'k1', 100]]);
  });

  it('given the row of the version before, then row and frame table are both of the new version', async () => {
    await commit(replaced, metadataOf('v2', 200));
    expect(await both(sent)).toEqual([['v2', 'k2', 200], ['v2', 'k2', 200]]);
  });

  it('given that it was updated, then images stay what was asked for: it is the original now', async () => {
    await commit(updated, metadataOf('v2', 200), metadataOf('v1', 100, 'originalMetadata'));
    const { row, table } = await new StoredImages(instances).require(sent, [1]);
    expect([row.version, row.objectKey, table]).toEqual(['v1', 'k1', expect.objectContaining({ offset: 100 })]);
    expect(await new FrameTables(instances).of(sent)).toMatchObject({ row: { version: 'v2' }, table: { offset: 200 } });
  });

  it('given a video since it was found to be transcodable, then 406, and no fragments under another name', async () => {
    await commit({ ...replaced, transferSyntax: '1.2.840.10008.1.2.4.102' }, metadataOf('v2', 200));
    const images = new StoredImages(instances);
    const pool = new FramePool();
    const frames = new TranscodeFrames(images, pool, {} as ResultCache);
    const bytes = new TranscodeInstance(instances, images, frames).run(sent, '1.2.840.10008.1.2.1');
    await expect(bytes.next()).rejects.toMatchObject({ status: 406, message: expect.stringContaining('1.2.840.10008.1.2.4.102') });
    await pool.close();
  });

  it('given that it was deleted, then 404; given a version whose metadata are lost, then an error that says so', async () => {
    await ports.store.commit({ writes: [{ op: 'remove', table: 'instanceMetadata', key: of }] });
    await expect(both(sent)).rejects.toThrow('The metadata of version v1 are missing');
    await ports.store.commit({ writes: [{ op: 'remove', table: 'instances', key: of }] });
    await expect(both(sent)).rejects.toMatchObject({ status: 404 });
  });
});
