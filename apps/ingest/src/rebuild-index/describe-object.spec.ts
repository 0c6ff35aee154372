import { ByteBudget, FilesObjectStore, instanceKey, instancePrefix } from '@isocenter/object-store';
import { dicomFile, dicomText } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeObject, type Described } from './describe-object.js';

const of = { partition: 'p', studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: '3' };
const METADATA = `${instancePrefix(of, 'v')}.metadata`;
/** Metadata of more than 256 KiB. */
const many = Array.from({ length: 6_000 }, (_none, at): [string, [string, string]] => [`0009${(0x1000 + at).toString(16).padStart(4, '0')}`, ['LO', `value ${at}`]]);

describe('describeObject', () => {
  let folder: string;
  let objects: FilesObjectStore;
  let size: number;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-describe-'));
    objects = await FilesObjectStore.open(folder);
    const bytes = dicomFile({ dataSet: dicomText({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'], '00080018': ['UI', '3'], '00090010': ['LO', 'ACME'], ...Object.fromEntries(many), '0020000d': ['UI', '1'], '0020000e': ['UI', '2'] }) });
    size = bytes.length;
    await objects.put(instanceKey(of, 'v'), bytes);
  });
  afterEach(async () => {
    await objects.close();
    await rm(folder, { recursive: true });
  });

  const asked = { type: 'restore-instance' as const, part: 'latest' as const, id: 'o/v', partition: 'p', storedBy: '' };
  const make = (isThere?: boolean): Promise<Described<typeof asked> | string> =>
    describeObject(asked, { version: 'v', objectKey: instanceKey(of, 'v'), size, study: '1', series: '2', sop: '3' }, objects, { budget: new ByteBudget(10_000_000), maxHeaderBytes: 10_000_000 }, isThere);
  const beside = async (): Promise<string> => (await objects.readRange(METADATA, 0, (await objects.stat(METADATA)).size)).toString();

  it('given metadata beside it that are what they are to be, then they stay, whether there is a row or not', async () => {
    expect(await make()).toMatchObject({ command: { metadataKey: METADATA } });
    const made = await beside();
    expect(made.length).toBeGreaterThan(256 * 1024);
    for (const isThere of [true, false]) expect(await make(isThere)).toMatchObject({ command: { metadataKey: METADATA } });
    expect(await beside()).toBe(made);
  });

  it.each(['{"made":"by another release"}', ''])('given other metadata beside it, %j, and no row, then they are replaced by those that the marks belong to', async (other) => {
    await make();
    const made = await beside();
    await objects.remove([METADATA]);
    await objects.put(METADATA, Buffer.from(other || `${made} `));
    expect(await make()).toMatchObject({ command: { metadataKey: METADATA } });
    expect(await beside()).toBe(made);
  });

  it('given other metadata beside it, and a row that their marks are in, then both stay, and it says so', async () => {
    await objects.put(METADATA, Buffer.from('{"made":"by another release"}'));
    expect(await make(true)).toContain('another release');
    expect(await beside()).toBe('{"made":"by another release"}');
  });
});
