import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runIsocenter, type Ended } from '../cli/run-isocenter.js';
import { until } from '../invariants/until.js';
import { startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

describe('Rebuild', () => {
  let archive: Archive;
  let v2: string;
  beforeAll(async () => {
    archive = await startArchive();
    v2 = `${archive.baseUrl}/v2`;
  });
  afterAll(() => archive.end());

  const start = (query = ''): Promise<Answer> => call(`${v2}/rebuild-index${query}`, { method: 'POST' });
  const cli = (...words: string[]): Promise<Ended> => runIsocenter(['rebuild-index', '--url', v2, ...words]).ended;
  const shown = async (href: string): Promise<{ status: string; results: Record<string, unknown> }> => JSON.parse((await call(href)).body.toString()) as { status: string; results: Record<string, unknown> };
  const answers = async (): Promise<string[]> => Promise.all(['/studies?includefield=all', '/instances?includefield=all', '/changefeed?limit=200'].map(async (path) => (await call(v2 + path)).body.toString()));

  it('given an archive that lost nothing, then 202 with Location, and its answers stay what they are while it is made anew', async () => {
    const study = ['1', '2', '3'].map((sop) => identityOf('whole', 'series', sop));
    await given(v2, study.map((of) => smallInstance(of)));
    const before = await answers();
    const { stdout } = await cli('--digest');
    const started = await start();
    const { id, href } = JSON.parse(started.body.toString()) as { id: string; href: string };
    expect([started.status, started.headers.location, href]).toEqual([202, href, `${v2}/operations/${id}`]);
    expect((await call(v2 + instancePath(study[0]!))).status).toBe(200);
    await until('it has ended', async () => (await call(href)).status === 200);
    const { status, results } = await shown(href);
    expect([status, results]).toEqual(['succeeded', expect.objectContaining({ instances: 3, failed: 0, undecided: 0, quarantined: 0 })]);
    expect(stdout).toContain((results as { digest: { sha256: string } }).digest.sha256);
    expect(await answers()).toEqual(before);
  });

  it('given stores, replacements and deletes beside it, then all of them are as they would be without, and nothing differs', async () => {
    const busy = Array.from({ length: 240 }, (_none, at) => identityOf(`busy ${at % 6}`, 'series', String(at)));
    for (let at = 0; at < busy.length; at += 60) await given(v2, busy.slice(at, at + 60).map((of) => smallInstance(of)));
    const { href } = JSON.parse((await start()).body.toString()) as { href: string };
    const added = busy.slice(0, 30).map((of) => ({ ...of, sopInstanceUid: `${of.sopInstanceUid}.1` }));
    const description = (text: string): Buffer => element(0x00081030, 'LO', text);
    await Promise.all([
      given(v2, added.map((of) => smallInstance(of))),
      given(v2, busy.slice(30, 60).map((of) => smallInstance(of, { with: [description('Replaced')] })), { method: 'PUT' }),
      ...busy.slice(60, 80).map((of) => call(v2 + instancePath(of), { method: 'DELETE' })),
      call(`${v2}/studies/${busy[5]!.studyInstanceUid}`, { method: 'DELETE' }),
    ]);
    await until('it has ended', async () => (await call(href)).status === 200);
    expect(await shown(href)).toMatchObject({ status: 'succeeded', results: { failed: 0 } });
    const gone = new Set([...busy.slice(60, 80), ...busy.filter((_of, at) => at % 6 === 5)]);
    const statuses = await Promise.all([...busy, ...added].map(async (of) => [of, (await call(v2 + instancePath(of), { headers: { accept: 'application/dicom; transfer-syntax=*' } })).status] as const));
    // Of the study that was deleted, what was stored beside the delete may be there or not.
    const either = new Set([...busy.slice(30, 60), ...added].filter(({ studyInstanceUid }) => studyInstanceUid === busy[5]!.studyInstanceUid));
    expect(statuses.filter(([of, status]) => !either.has(of) && status !== (gone.has(of) ? 404 : 200)).map(([of, status]) => [of.sopInstanceUid, status])).toEqual([]);
    expect(await runIsocenter(['check', '--url', v2]).ended).toMatchObject({ code: 0, stdout: expect.stringContaining('No difference') });
  });

  it('given one that runs, then a second one is 409 that names it', async () => {
    const both = await Promise.all([start(), start()]);
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409]);
    const { id, href } = JSON.parse(both.find(({ status }) => status === 202)!.body.toString()) as { id: string; href: string };
    expect(both.find(({ status }) => status === 409)!.body.toString()).toContain(id);
    await until('it has ended', async () => (await call(href)).status === 200);
  });

  it('given a task that is none, then 400 that says what is allowed', async () => {
    for (const value of ['', 'all', 'x'.repeat(100)]) {
      const { status, body } = await start(`?task=${value}`);
      expect([status, body.toString()]).toEqual([400, `Query parameter 'task' has the value '${value.slice(0, 40)}'; allowed are rebuild, undecided and digest.`]);
    }
    expect(await cli('--digest', '--restore-undecided')).toMatchObject({ code: 2 });
  });
});
