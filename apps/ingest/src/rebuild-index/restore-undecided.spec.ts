import { FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RebuildContext } from './rebuild-context.js';
import { NOTHING_YET } from './rebuild-progress.js';
import { restoreUndecided } from './restore-undecided.js';

describe('restoreUndecided', () => {
  let folder: string;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-undecided-'));
    objects = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await objects.close();
    await rm(folder, { recursive: true });
  });

  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of objects.list('')) found.push(key);
    return found;
  };
  const step = () => restoreUndecided(NOTHING_YET, { ports: { objects }, operation: { id: 'op', createdBy: '' }, signal: new AbortController().signal } as unknown as RebuildContext);

  it.each(['undecided', 'quarantine'])('given a partition that is called %s, then its images stay where they are', async (partition) => {
    const key = instanceKey({ partition, studyInstanceUid: '1.2', seriesInstanceUid: '1.3', sopInstanceUid: '1.4' }, 'v');
    await objects.put(key, Buffer.from('DICM'));
    expect(await step()).toEqual({ phase: 'digest' });
    expect(await keys()).toEqual([key]);
  });
});
