import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { type Identity } from '../support/synthetic-instance.js';
import { newExportTarget, newFolder, type ExportTarget } from './export-target.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let target: ExportTarget;
let v2: string;

beforeAll(async () => {
  target = await newExportTarget();
  archive = await startArchive({ env: target.env });
  v2 = `${archive.baseUrl}/v2`;
});
afterAll(async () => {
  await archive.end();
  await target.remove();
});

const post = (body: unknown, root = v2, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> =>
  call(`${root}/export`, { method: 'POST', headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });
const wanted = (values: readonly string[], settings: object = {}, { type, name }: ExportTarget = target) => ({ source: { type: 'identifiers', settings: { values } }, destination: { type, settings: { name, ...settings } } });

interface Shown {
  readonly type: string;
  readonly status: string;
  readonly percentComplete: number;
  readonly results?: { readonly exported: number; readonly skipped: number; readonly errorHref?: string };
}
const shown = async (href: string): Promise<Shown & { readonly code: number }> => {
  const { status, body } = await call(href);
  return { ...(JSON.parse(body.toString()) as Shown), code: status };
};
const start = async (body: unknown, root = v2): Promise<{ id: string; href: string }> => {
  const { status, headers, body: answered } = await post(body, root);
  const { id, href } = JSON.parse(answered.toString()) as { id: string; href: string };
  expect([status, headers.location, id, href]).toEqual([202, href, expect.stringMatching(/^[0-9a-f]{32}$/), `${root.replace(/\/partitions\/.*/, '')}/operations/${id}`]);
  return { id, href };
};
const ended = async (href: string): Promise<Shown> => {
  await until('the operation has ended', async () => (await shown(href)).code === 200);
  return shown(href);
};
const run = async (body: unknown, root = v2): Promise<{ id: string } & Shown> => {
  const { id, href } = await start(body, root);
  return { id, ...(await ended(href)) };
};

const identifierOf = ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: Identity): string => `${studyInstanceUid}/${seriesInstanceUid}/${sopInstanceUid}`;
const below = async (id: string): Promise<string[]> => (await target.list()).filter((name) => name.includes(id));
const filesOf = (root: string, all: readonly Identity[]): string[] => [`${root}/errors.log`, ...all.map((of) => `${root}/results/${identifierOf(of)}.dcm`)].sort();
const linesOf = async (name: string): Promise<{ timestamp: string; identifier: string; error: string }[]> =>
  (await target.read(name)).toString().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { timestamp: string; identifier: string; error: string });

describe('Export', () => {
  it('given a study, a series and an instance, then the bytes of each instance once, under the names of the documents, and an empty errors.log', async () => {
    const whole = ['1', '2', '3'].map((sop) => identityOf('export whole', sop === '3' ? 'b' : 'a', sop));
    const series = ['1', '2'].map((sop) => identityOf('export series', 'wanted', sop));
    const other = identityOf('export series', 'not wanted');
    const [one, two] = [identityOf('export one', 'series', '1'), identityOf('export one', 'series', '2')];
    await given(v2, [...whole, ...series, other, one, two].map((of) => smallInstance(of)));
    const identifiers = [whole[0]!.studyInstanceUid, `${series[0]!.studyInstanceUid}/${series[0]!.seriesInstanceUid}`, identifierOf(one), identifierOf(whole[1]!), identifierOf(one)];
    const { id, ...operation } = await run(wanted(identifiers));
    expect(operation).toMatchObject({ type: 'export', status: 'succeeded', percentComplete: 100, results: { exported: 6, skipped: 0, errorHref: `${id}/errors.log` } });
    expect(await below(id)).toEqual(filesOf(id, [...whole, ...series, one]));
    for (const of of [...whole, ...series, one]) expect((await target.read(`${id}/results/${identifierOf(of)}.dcm`)).equals(smallInstance(of))).toBe(true);
    expect((await target.read(`${id}/errors.log`)).length).toBe(0);
  });

  it('given identifiers of which nothing is stored, then they are skipped and told in errors.log, and the operation succeeds', async () => {
    const there = identityOf('export partly');
    await given(v2, [smallInstance(there)]);
    const missing = ['1.99', `${there.studyInstanceUid}/1.98`, `1.97/${there.seriesInstanceUid}/${there.sopInstanceUid}`, `${there.studyInstanceUid}/${there.seriesInstanceUid}/1.96`];
    const { id, results, status } = await run(wanted([...missing, identifierOf(there)], { prefix: 'partly' }));
    expect([status, results]).toEqual(['succeeded', { exported: 1, skipped: 4, errorHref: `partly/${id}/errors.log` }]);
    const lines = await linesOf(`partly/${id}/errors.log`);
    expect(lines.map(({ identifier }) => identifier).sort()).toEqual([...missing].sort());
    for (const line of lines) expect(line).toEqual({ timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), identifier: expect.any(String), error: 'There is nothing stored with this identifier.' });
    expect(await below(id)).toEqual(filesOf(`partly/${id}`, [there]));
  });

  it('given an instance of some megabytes, then every byte', async () => {
    const of = identityOf('export large');
    const large = smallInstance(of, { with: [element(0x7fe00010, 'OW', Buffer.alloc(20_000_000, 'pixels '))] });
    await given(v2, [large]);
    const { id, results } = await run(wanted([of.studyInstanceUid]));
    expect(results).toMatchObject({ exported: 1, skipped: 0 });
    expect((await target.read(`${id}/results/${identifierOf(of)}.dcm`)).equals(large)).toBe(true);
  });

  it('given a prefix, then all stands below it, encoded as the keys of objects are', async () => {
    const of = identityOf('export prefix');
    await given(v2, [smallInstance(of)]);
    for (const [prefix, encoded] of [['trial/ct', 'trial/ct'], ['Trial 7/', '%54rial%207'], ['%2e%2e/.x', '%252e%252e/%2ex']] as const) {
      const { id } = await run(wanted([of.studyInstanceUid], { prefix }));
      expect(await below(id)).toEqual(filesOf(`${encoded}/${id}`, [of]));
    }
  });

  it.each(['/etc', '..', '../outside', 'a/../../outside', 'a/..', 'a\\..\\b', 'a\u0000b', 'a\nb', 'a//b', 'x'.repeat(1_000)])('given the prefix %j, which might lead out of the destination, then 400 that says what is allowed', async (prefix) => {
    const { status, body } = await post(wanted(['1.2'], { prefix }));
    expect([status, body.toString()]).toEqual([400, expect.stringMatching(/'destination\.settings\.prefix' is not valid; allowed: names joined by '\/'/)]);
  });

  it.each<[string, (of: ExportTarget) => object, RegExp]>([
    ['azureblob', ({ name }) => ({ type: 'azureblob', settings: { name, blobContainerUri: 'https://x.example.org/' } }), /'destination\.type' is 'azureblob'; allowed on this server: (file|s3) \(Target\)\./],
    ['an unknown name', ({ type }) => ({ type, settings: { name: 'Elsewhere' } }), /'destination\.settings\.name' is 'Elsewhere'; allowed on this server: (file|s3) \(Target\)\./],
    ['a path for a name', ({ type }) => ({ type, settings: { name: '/etc' } }), /'destination\.settings\.name' is '\/etc'/],
    ['a folder', ({ type, name }) => ({ type, settings: { name, folder: '/etc' } }), /'destination\.settings\.folder' is not known; allowed: name, prefix\./],
    ['a host', ({ type, name }) => ({ type, settings: { name, endpoint: 'http://x.example.org' } }), /'destination\.settings\.endpoint' is not known/],
    ['a key', ({ type, name }) => ({ type, settings: { name, secretKey: 'hunter2' } }), /'destination\.settings\.secretKey' is not known/],
  ])('given %s as destination, then 400 that says which types and names there are', async (_what, destination, text) => {
    const { status, body } = await post({ ...wanted(['1.2']), destination: destination(target) });
    expect([status, body.toString()]).toEqual([400, expect.stringMatching(text)]);
    expect([...target.hidden, 'hunter2'].filter((word) => body.toString().includes(word))).toEqual([]);
  });

  it.each<[string, unknown]>([['none', []], ['1,001', Array.from({ length: 1_001 }, (_none, at) => `1.${at}`)], ['what is no UID', ['1.2', '1_2']], ['a path out', ['../..']], ['four parts', ['1/2/3/4']], ['a number', [1]], ['no list', '1.2']])('given %s as identifiers, then 400 that says what is allowed', async (_what, values) => {
    const { status, body } = await post({ ...wanted([]), source: { type: 'identifiers', settings: { values } } });
    expect([status, body.toString()]).toEqual([400, expect.stringMatching(/'source\.settings\.values'.*1 to 1000/)]);
  });

  it('given members and enumerated values in any letter case, under v1 and v2, then 202', async () => {
    const of = identityOf('export any case');
    await given(v2, [smallInstance(of)]);
    const body = { Source: { TYPE: 'Identifiers', Settings: { Values: [of.studyInstanceUid] } }, DESTINATION: { type: target.type.toUpperCase(), settings: { NAME: 'tARGET' } } };
    for (const [root, status] of [[v2, 'succeeded'], [`${archive.baseUrl}/v1`, 'completed']] as const) expect(await run(body, root)).toMatchObject({ status, results: { exported: 1 } });
  });

  it('given a partition, then its instances only, and href is not below the partition; an unknown one is 400', async () => {
    const of = identityOf('export partition');
    const here = `${v2}/partitions/export`;
    await given(here, [smallInstance(of)]);
    const { id } = await run(wanted([of.studyInstanceUid]), here);
    expect(await below(id)).toEqual(filesOf(id, [of]));
    await given(v2, [smallInstance(identityOf('export elsewhere'))]);
    expect((await run(wanted([of.studyInstanceUid]))).results).toMatchObject({ exported: 0, skipped: 1 });
    const { status, body } = await post(wanted(['1.2']), `${v2}/partitions/unknown`);
    expect([status, body.toString()]).toEqual([400, 'Specified PartitionName unknown does not exist.']);
  });

  it('given an instance that was updated, then its latest version', async () => {
    const of = identityOf('export updated');
    await given(v2, [smallInstance(of)]);
    await given(v2, [smallInstance({ ...of, patientName: 'New^Name' })], { method: 'PUT' });
    const { id } = await run(wanted([of.studyInstanceUid]));
    expect((await target.read(`${id}/results/${identifierOf(of)}.dcm`)).equals((await call(`${v2}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } })).body)).toBe(true);
  });

  it('given a cancel, then it ends as canceled, and each object that is there is whole', async () => {
    const study = Array.from({ length: 600 }, (_none, at) => identityOf('export canceled', 'series', String(at)));
    for (let at = 0; at < study.length; at += 200) await given(v2, study.slice(at, at + 200).map((of) => smallInstance(of)));
    const { id, href } = await start(wanted([study[0]!.studyInstanceUid, ...Array.from({ length: 900 }, (_none, at) => `1.2.${at}`)]));
    expect((await call(href, { method: 'DELETE' })).status).toBe(204);
    expect((await ended(href)).status).toBe('canceled');
    for (const name of (await below(id)).filter((one) => one.endsWith('.dcm')).slice(0, 20)) expect((await target.read(name)).length).toBe(smallInstance(study[0]!).length);
    expect(await below(id)).not.toContain(`${id}/errors.log`);
  });

  it('given another Content-Type, then 415; given what is no JSON, then 400; given another dialect, then 404', async () => {
    expect((await post(wanted(['1.2']), v2, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post('{')).status).toBe(400);
    expect((await post(wanted(['1.2']), `${archive.baseUrl}/dicom-web`)).status).toBe(404);
  });

  it('given exports that ran, then neither answers nor logs tell where a destination is', async () => {
    const { href } = await start(wanted(['1.2']));
    await ended(href);
    const told = archive.log + (await call(href)).body.toString();
    expect(target.hidden.filter((word) => told.includes(word))).toEqual([]);
    expect(archive.log).not.toContain('UnhandledPromiseRejection');
  });
});

describe('Export without destinations', () => {
  it('given none in the settings, then 400 that names the setting', async () => {
    const own = await startArchive({ replicas: 1 });
    try {
      const { status, body } = await post(wanted(['1.2']), `${own.baseUrl}/v2`);
      expect([status, body.toString()]).toEqual([400, 'Exports are off: EXPORT_DESTINATIONS names no destination.']);
    } finally {
      await own.end();
    }
  });
});

describe('Export through kill -9', () => {
  it('given processes that are killed while it runs, then it goes on, and every instance is there once, with its bytes', async () => {
    const data = await newArchiveData();
    // A folder, which all processes share in both profiles.
    const own = await newFolder();
    let running = await startArchive({ data, env: own.env, replicas: 1 });
    try {
      const study = Array.from({ length: 400 }, (_none, at) => identityOf('export killed', 'series', String(at)));
      for (let at = 0; at < study.length; at += 200) await given(`${running.baseUrl}/v2`, study.slice(at, at + 200).map((of) => smallInstance(of)));
      const missing = '1.99';
      const { id, href } = await start(wanted([study[0]!.studyInstanceUid, missing], {}, own), `${running.baseUrl}/v2`);
      await until('some are exported', async () => (await own.list()).length > 20);
      for (const { pid } of running.processes) process.kill(pid, 'SIGKILL');
      await until('they are gone', () => running.processes.every((one) => !one.running));
      await running.end();
      running = await startArchive({ data, env: own.env, replicas: 1 });
      const again = href.replace(/^.*\/v2\//, `${running.baseUrl}/v2/`);
      expect(await ended(again)).toMatchObject({ status: 'succeeded', results: { exported: study.length, skipped: 1 } });
      expect(await own.list()).toEqual(filesOf(id, study));
      for (const of of study) expect([identifierOf(of), (await own.read(`${id}/results/${identifierOf(of)}.dcm`)).equals(smallInstance(of))]).toEqual([identifierOf(of), true]);
    } finally {
      await running.end();
      await data.remove();
      await own.remove();
    }
  });
});
