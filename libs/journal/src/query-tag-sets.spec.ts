import { FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNewestTagSet, tagSetKey, writeTagSet } from './query-tag-sets.js';

describe('sets of query tags', () => {
  let folder: string;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-tags-'));
    objects = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await objects.close();
    await rm(folder, { recursive: true });
  });

  it('given several, then the newest is read', async () => {
    for (const number of [9, 10]) await objects.put(tagSetKey(number), writeTagSet({ given: number, tags: [] }).bytes);
    expect(await readNewestTagSet(objects)).toMatchObject({ number: 10, given: 10, tags: [], digest: writeTagSet({ given: 10, tags: [] }).digest });
  });

  it('given a partition that is called query-tags, then its objects are none', async () => {
    await objects.put(instanceKey({ partition: 'query-tags', studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: '3' }, 'v'), Buffer.from('DICM'));
    expect(await readNewestTagSet(objects)).toBeUndefined();
    await objects.put(tagSetKey(1), writeTagSet({ given: 1, tags: [] }).bytes);
    expect(await readNewestTagSet(objects)).toMatchObject({ number: 1 });
  });
});
