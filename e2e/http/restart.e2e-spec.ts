import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instancePath } from '../support/dicomweb-client.js';
import { call, open } from '../support/http-call.js';
import { newArchiveData, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { search, valuesOf } from './search-request.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

let data: ArchiveData;

beforeAll(async () => {
  data = await newArchiveData();
});
afterAll(() => data.remove());

const running = async (steps: (archive: Archive) => Promise<void>): Promise<void> => {
  const archive = await startArchive({ data });
  try {
    await steps(archive);
  } finally {
    await archive.end();
  }
};
const sequences = async ({ baseUrl }: Archive): Promise<number[]> => (JSON.parse((await call(`${baseUrl}/v2/changefeed`)).body.toString()) as { sequence: number }[]).map(({ sequence }) => sequence);

describe('Restart', () => {
  const [first, second, third] = ['first', 'second', 'third'].map((name) => identityOf(name)) as [ReturnType<typeof identityOf>, ReturnType<typeof identityOf>, ReturnType<typeof identityOf>];

  it('given a process that was stopped, then the next one has all of it, and the feed goes on without a gap', async () => {
    await running(async ({ baseUrl }) => {
      await given(`${baseUrl}/v2`, [smallInstance(first)]);
      await given(`${baseUrl}/v2/partitions/other`, [smallInstance(second)]);
    });
    await running(async (archive) => {
      const v2 = `${archive.baseUrl}/v2`;
      expect(await sequences(archive)).toEqual([1, 2]);
      expect((await call(`${v2}${instancePath(first)}`)).body.equals(smallInstance(first))).toBe(true);
      expect((await store(v2, [smallInstance(first)])).failed[0]?.failureReason).toBe(45070);
      await given(v2, [smallInstance(third)]);
      expect(await sequences(archive)).toEqual([1, 2, 3]);
      expect(valuesOf((await search(v2, '/studies')).found, '0020000D')).toEqual([third.studyInstanceUid, first.studyInstanceUid]);
      expect((await search(`${v2}/partitions/other`, '/studies')).found).toHaveLength(1);
    });
  });

  it('given a stream that a client reads, then the process ends it and stops all the same', async () => {
    let ended = false;
    await running(async ({ baseUrl, stop }) => {
      const response = await open(`${baseUrl}/v2/changefeed/stream`);
      response.resume().once('end', () => (ended = true));
      const asked = Date.now();
      await stop();
      expect(Date.now() - asked).toBeLessThan(8_000);
    });
    expect(ended).toBe(true);
  });
});
