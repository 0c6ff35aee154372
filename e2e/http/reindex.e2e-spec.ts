import { describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { call } from '../support/http-call.js';
import { ended, jsonOf, send, sop, sopsOf } from './query-tag-request.js';
import { search } from './search-request.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

describe('Re-index of what is stored', () => {
  const INSTANCES = 150;

  const file = (name: string, at: number): Buffer => smallInstance(identityOf(`${name} ${at % 30}`, 's', String(at)), { with: [element(0x00204000, 'LT', 'x'), element(0x00281050, 'DS', String(at % 3))] });
  const numbers = Array.from({ length: INSTANCES }, (_none, at) => at);
  const store = async ({ baseUrl }: Archive, name: string, from = 0, to = INSTANCES): Promise<void> => {
    for (let at = from; at < to; at += 50) await given(`${baseUrl}/v2`, numbers.slice(at, at + 50).map((one) => file(name, one)));
  };
  const start = async ({ baseUrl }: Archive): Promise<string> => jsonOf<{ id: string }>(await send(`${baseUrl}/v2`, 'POST', '', [{ path: 'WindowCenter', level: 'Instance' }])).id;

  it('given uploads and deletes beside it and kill -9 in the middle, then it goes on, and every instance has its value once', async () => {
    const data = await newArchiveData();
    let archive = await startArchive({ data });
    try {
      await store(archive, 'reindex');
      const id = await start(archive);
      const percent = async (): Promise<number> => jsonOf<{ percentComplete: number }>(await call(`${archive.baseUrl}/v2/operations/${id}`)).percentComplete;
      await store(archive, 'beside', 0, 50);
      await until('it has begun', async () => (await percent()) > 0);
      for (const { pid } of archive.processes) process.kill(pid, 'SIGKILL');
      await archive.end();
      archive = await startArchive({ data });
      const v2 = `${archive.baseUrl}/v2`;
      await store(archive, 'beside', 50, 100);
      expect((await call(`${v2}/studies/${identityOf('reindex 7').studyInstanceUid}`, { method: 'DELETE' })).status).toBe(204);
      expect(await ended(`${v2}/operations/${id}`)).toMatchObject({ status: 'succeeded', percentComplete: 100 });
      const found = async (): Promise<unknown[]> => {
        const pages = [];
        for (const value of [0, 1, 2]) for (const offset of [0, 100]) pages.push(...sopsOf(await search(v2, `/instances?WindowCenter=${value}&limit=100&offset=${offset}`)));
        return pages.sort();
      };
      const expected = [...numbers.filter((one) => one % 30 !== 7).map((one) => sop(`reindex ${one % 30}`, 's', String(one))), ...numbers.slice(0, 100).map((one) => sop(`beside ${one % 30}`, 's', String(one)))].sort();
      expect(await found()).toEqual(expected);
    } finally {
      await archive.end();
      await data.remove();
    }
  });

  it('given one that runs, then it is 202, a search by its tag is 400, and canceled it ends so: the tag stays Adding until it is deleted', async () => {
    const archive = await startArchive();
    const v2 = `${archive.baseUrl}/v2`;
    try {
      await store(archive, 'cancel');
      const href = `${v2}/operations/${await start(archive)}`;
      expect((await call(href)).status).toBe(202);
      const { status, text } = await search(v2, '/instances?WindowCenter=1');
      expect([status, text]).toEqual([400, expect.stringMatching(/'WindowCenter'.*being added.*Ready/)]);
      expect(jsonOf(await send(v2, 'GET', '/WindowCenter'))).toMatchObject({ status: 'Adding', operation: { href } });
      expect((await call(href, { method: 'DELETE' })).status).toBe(204);
      expect(await ended(href)).toMatchObject({ status: 'canceled' });
      expect((await call(href, { method: 'DELETE' })).status).toBe(409);
      expect(jsonOf(await send(v2, 'GET', '/WindowCenter'))).toEqual({ path: '00281050', vr: 'DS', level: 'Instance', status: 'Adding', queryStatus: 'Enabled' });
      expect((await send(v2, 'DELETE', '/WindowCenter')).status).toBe(204);
    } finally {
      await archive.end();
    }
  });
});
