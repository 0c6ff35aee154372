import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { DicomWebClient, instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { type Identity } from '../support/synthetic-instance.js';
import { search, valuesOf } from './search-request.js';
import { fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let v2: string;

beforeAll(async () => {
  archive = await startArchive({ env: { DELETE_GRACE_MS: '0' } });
  v2 = `${archive.baseUrl}/v2`;
});
afterAll(() => archive.end());

const original = { 'msdicom-request-original': 'true' };
const post = (body: unknown, root = v2, path = '/studies/$bulkUpdate', headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> =>
  call(`${root}${path}`, { method: 'POST', headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });

interface Shown {
  readonly status: string;
  readonly percentComplete: number;
  readonly results?: { readonly studyProcessed: number; readonly studyUpdated: number; readonly studyFailed: number; readonly instanceUpdated: number; readonly errors?: readonly string[] };
}
const shown = async (href: string): Promise<Shown & { readonly code: number }> => {
  const { status, body } = await call(href);
  return { ...(JSON.parse(body.toString()) as Shown), code: status };
};

const start = async (studies: readonly string[], changeDataset: object, root = v2): Promise<string> => {
  const { status, headers, body } = await post({ studyInstanceUids: studies, changeDataset }, root);
  const { id, href } = JSON.parse(body.toString()) as { id: string; href: string };
  expect([status, headers.location, id]).toEqual([202, href, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  return href;
};
const ended = async (href: string): Promise<Shown> => {
  await until('the operation has ended', async () => (await shown(href)).code === 200);
  return shown(href);
};
const update = async (studies: readonly string[], changeDataset: object, root = v2): Promise<Shown> => ended(await start(studies, changeDataset, root));

const named = (name: string): object => ({ PatientName: { vr: 'PN', Value: [{ Alphabetic: name }] } });
const metadata = async (path: string, headers: Record<string, string> = {}): Promise<JsonDataset[]> => JSON.parse((await call(`${v2}${path}/metadata`, { headers })).body.toString()) as JsonDataset[];
const nameOf = (dataset: JsonDataset): unknown => (dataset['00100010']?.Value?.[0] as { Alphabetic: string } | undefined)?.Alphabetic;
const bytesOf = async (of: Identity, headers: Record<string, string> = {}): Promise<Buffer> =>
  (await call(`${v2}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*', ...headers } })).body;
const etagOf = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => (await call(`${v2}${path}`, { headers })).headers.etag;
const frameOf = async (of: Identity): Promise<Buffer[]> => (await new DicomWebClient(`${archive.baseUrl}/dicom-web`).frames(instancePath(of), [1])).map(({ body }) => body);
const feedOf = async ({ studyInstanceUid }: Identity): Promise<{ action: string; state: string; sopInstanceUid: string }[]> => {
  const entries: { action: string; state: string; sopInstanceUid: string; studyInstanceUid: string }[] = [];
  for (let offset = 0; ; offset += 200) {
    const { body } = await call(`${v2}/changefeed?limit=200&offset=${offset}&includeMetadata=false`);
    const page = JSON.parse(body.toString()) as typeof entries;
    entries.push(...page);
    if (page.length < 200) return entries.filter((entry) => entry.studyInstanceUid === studyInstanceUid).map(({ action, state, sopInstanceUid }) => ({ action, state, sopInstanceUid }));
  }
};

describe('Bulk update', () => {
  it('given a study, then every read but that of the original gives the new values, and what was sent first is kept', async () => {
    const study = ['a', 'b'].flatMap((series) => ['1', '2'].map((sop) => identityOf('updated', series, sop)));
    const sent = study.map((of) => smallInstance(of));
    await given(v2, sent);
    const [first] = study as [Identity];
    const path = `/studies/${first.studyInstanceUid}`;
    const [frames, etags] = [await frameOf(first), [await etagOf(path), await etagOf(`${path}/metadata`)]];
    expect(await update([first.studyInstanceUid], { ...named('New^Name'), '00081030': { vr: 'LO' }, 'PatientBirthDate': null, '00101030': { vr: 'DS', Value: [70.5] } })).toMatchObject({
      status: 'succeeded', percentComplete: 100, results: { studyProcessed: 1, studyUpdated: 1, studyFailed: 0, instanceUpdated: 4 },
    });
    for (const dataset of await metadata(path)) {
      expect(dataset).toMatchObject({ '00100010': { vr: 'PN', Value: [{ Alphabetic: 'New^Name' }] }, '00081030': { vr: 'LO' }, '00100030': { vr: 'DA' }, '00101030': { vr: 'DS', Value: [70.5] }, '00100020': { Value: ['P1'] } });
      expect(dataset['00081030']?.Value).toBeUndefined();
    }
    expect((await metadata(path, original)).map(nameOf)).toEqual(study.map(() => 'Doe^Jane'));
    for (const [at, of] of study.entries()) {
      expect((await bytesOf(of, original)).equals(sent[at]!)).toBe(true);
      const latest = await bytesOf(of);
      expect(latest.includes('New^Name') && !latest.includes('Doe^Jane') && latest.includes('ISOCENTER')).toBe(true);
    }
    expect(await frameOf(first)).toEqual(frames);
    const after = [await etagOf(path), await etagOf(`${path}/metadata`)];
    for (const [at, etag] of after.entries()) expect(etag).not.toBe(etags[at]);
    expect(await etagOf(path, original)).not.toBe(after[0]);
    expect(await etagOf(`${path}/metadata`, original)).not.toBe(after[1]);
    for (const level of ['', `/series/${first.seriesInstanceUid}`]) {
      for (const transferSyntax of ['*', '1.2.840.10008.1.2.4.90']) {
        const parts = (await call(`${v2}${path}${level}`, { headers: { accept: `multipart/related; type="application/dicom"; transfer-syntax=${transferSyntax}`, ...original } })).body;
        expect([parts.includes('Doe^Jane'), parts.includes('New^Name')]).toEqual([true, false]);
      }
      expect((await metadata(`${path}${level}`, original)).map(nameOf)).not.toContain('New^Name');
    }
  });

  it('given a study, then searches follow, also for what was made empty, and the feed has an update for each instance', async () => {
    const study = ['1', '2', '3'].map((sop) => identityOf('searched', 'series', sop));
    await given(v2, study.map((of) => smallInstance({ ...of, patientName: 'Findme^Before', accessionNumber: 'ACC7' })));
    const [{ studyInstanceUid }] = study as [Identity];
    await update([studyInstanceUid], { ...named('Findme^After'), AccessionNumber: { vr: 'SH', Value: [] } });
    const found = async (query: string): Promise<unknown[]> => valuesOf((await search(v2, `/studies?${query}`)).found, '0020000D');
    expect(await found('PatientName=Findme^After')).toEqual([studyInstanceUid]);
    expect(await found('fuzzymatching=true&PatientName=aft')).toEqual([studyInstanceUid]);
    expect([await found('PatientName=Findme^Before'), await found('fuzzymatching=true&PatientName=before'), await found('AccessionNumber=ACC7')]).toEqual([[], [], []]);
    const entries = await feedOf(study[0]!);
    expect(entries.map(({ action, state }) => `${action} ${state}`)).toEqual([...Array<string>(3).fill('create replaced'), ...Array<string>(3).fill('update current')]);
  });

  it('given a second update, then the original is what was sent first, and the version between is removed', async () => {
    const of = identityOf('twice');
    const sent = smallInstance(of);
    await given(v2, [sent]);
    await update([of.studyInstanceUid], named('First^Update'));
    await update([of.studyInstanceUid], { '00100020': { vr: 'LO', Value: ['P2'] } });
    expect((await bytesOf(of, original)).equals(sent)).toBe(true);
    expect((await metadata(instancePath(of)))[0]).toMatchObject({ '00100010': { Value: [{ Alphabetic: 'First^Update' }] }, '00100020': { Value: ['P2'] } });
    const objects = async (): Promise<number> => (await archive.listObjects()).filter((key) => key.includes(of.sopInstanceUid)).length;
    await until('two objects are left', async () => (await objects()) === 2);
  });

  it('given an updated study, when it is deleted, then the objects of both versions go, and it can be stored again', async () => {
    const of = identityOf('deleted');
    await given(v2, [smallInstance(of)]);
    await update([of.studyInstanceUid], named('Soon^Gone'));
    expect((await call(`${v2}/studies/${of.studyInstanceUid}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(`${v2}${instancePath(of)}`, { headers: original })).status).toBe(404);
    await until('no object is left', async () => !(await archive.listObjects()).some((key) => key.includes(of.sopInstanceUid)));
    await given(v2, [smallInstance(of)]);
    expect((await metadata(instancePath(of), original)).map(nameOf)).toEqual(['Doe^Jane']);
  });

  it('given an instance that was replaced after its update, then what replaced it is the original too', async () => {
    const of = identityOf('replaced');
    await given(v2, [smallInstance(of)]);
    await update([of.studyInstanceUid], named('Updated^Once'));
    await given(v2, [smallInstance({ ...of, patientName: 'Put^Here' })], { method: 'PUT' });
    for (const headers of [{}, original]) expect((await metadata(instancePath(of), headers)).map(nameOf)).toEqual(['Put^Here']);
  });

  it.each(['transfer-syntax/explicit-be.dcm', 'transfer-syntax/deflated.dcm', 'transfer-syntax/rle-5-colour-3f.dcm', 'transfer-syntax/j2k-90.dcm', 'transfer-syntax/implicit-le.dcm'])('given %s, then its encoding and its frames stay', async (path) => {
    const of = identityOfFixture(path);
    await given(`${archive.baseUrl}/dicom-web`, [fixture(path)]);
    const before = await frameOf(of);
    await update([of.studyInstanceUid], named('Other^Syntax'));
    expect((await metadata(instancePath(of))).map(nameOf)).toEqual(['Other^Syntax']);
    expect(await frameOf(of)).toEqual(before);
    const answer = await call(`${archive.baseUrl}/dicom-web${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
    const stored = await call(`${v2}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*', ...original } });
    expect(answer.headers['content-type']).toBe(stored.headers['content-type']);
    expect(stored.body.subarray(128).equals(fixture(path).subarray(128))).toBe(true);
    await call(`${v2}/studies/${of.studyInstanceUid}`, { method: 'DELETE' });
  });

  it('given studies of which one is unknown and one has text that cannot be declared otherwise, then each is told apart', async () => {
    const [good, bad] = [identityOf('good'), identityOf('bad')];
    const latin = (of: Identity, description: Buffer): Buffer => smallInstance(of, { with: [element(0x00080005, 'CS', 'ISO_IR 100'), element(0x00081030, 'LO', description)] });
    await given(v2, [latin(good, Buffer.from('plain ')), latin(bad, Buffer.from('Übung ', 'latin1'))]);
    const shownThen = await update([good.studyInstanceUid, '1.2.3.4.5', bad.studyInstanceUid], named('Люк'));
    expect(shownThen).toMatchObject({ status: 'failed', error: expect.stringContaining('Of 3 studies 1'), results: { studyProcessed: 3, studyUpdated: 1, studyFailed: 1, instanceUpdated: 1 } });
    expect(shownThen.results?.errors).toEqual([expect.stringContaining(`${bad.studyInstanceUid}/${bad.seriesInstanceUid}/${bad.sopInstanceUid}: (0010,0010) has characters`)]);
    expect((await metadata(instancePath(good))).map(nameOf)).toEqual(['Люк']);
    expect((await metadata(instancePath(bad))).map(nameOf)).toEqual(['Doe^Jane']);
    expect(await feedOf(bad)).toHaveLength(1);
  });

  it('given instances that arrive while it runs, then they are updated too, up to those that came behind its last look', async () => {
    const study = Array.from({ length: 100 }, (_none, at) => identityOf('arriving', 'series', String(at)));
    await given(v2, study.map((of) => smallInstance(of)));
    const href = await start([study[0]!.studyInstanceUid], named('All^Of^Them'));
    const late: Identity[] = [];
    for (let at = 0; ; at += 1) {
      late.push(identityOf('arriving', 'late series', String(at)));
      await given(v2, [smallInstance(late[at]!)]);
      if ((await shown(href)).code === 200) break;
    }
    const names = new Map((await metadata(`/studies/${study[0]!.studyInstanceUid}`)).map((dataset) => [dataset['00080018']?.Value?.[0], nameOf(dataset)]));
    const updated = [...study, ...late].map(({ sopInstanceUid }) => names.get(sopInstanceUid) === 'All^Of^Them');
    const firstLeft = updated.indexOf(false);
    expect(firstLeft === -1 || firstLeft > study.length).toBe(true);
    expect(updated.slice(firstLeft === -1 ? updated.length : firstLeft)).not.toContain(true);
  });

  it('given a cancel, then it ends as canceled, and each instance is the old or the new one', async () => {
    const study = Array.from({ length: 200 }, (_none, at) => identityOf('canceled', 'series', String(at)));
    await given(v2, study.map((of) => smallInstance(of)));
    const [{ studyInstanceUid }] = study as [Identity];
    const href = await start([studyInstanceUid, ...Array.from({ length: 20 }, (_none, at) => `1.2.${at}`)], named('New^Name'));
    expect((await call(href, { method: 'DELETE' })).status).toBe(204);
    expect((await ended(href)).status).toBe('canceled');
    const names = (await metadata(`/studies/${studyInstanceUid}`)).map(nameOf);
    expect(names.filter((name) => name !== 'New^Name' && name !== 'Doe^Jane')).toEqual([]);
    const updates = (await feedOf(study[0]!)).filter(({ action }) => action === 'update');
    expect(updates).toHaveLength(names.filter((name) => name === 'New^Name').length);
  });

  it('given its path in any letter case, with an encoded dollar, below a partition, and its members in any letter case, then 202, and href is not below the partition', async () => {
    await given(`${v2}/partitions/elsewhere`, [smallInstance(identityOf('elsewhere'))]);
    for (const path of ['/studies/$bulkUpdate', '/studies/$bulkupdate', '/Studies/$BULKUPDATE', '/studies/%24bulkUpdate', '/partitions/elsewhere/studies/$bulkUpdate']) {
      const { status, body } = await post({ StudyInstanceUIDs: [identityOf('elsewhere').studyInstanceUid], CHANGEDATASET: named('Name^In^Any^Case') }, v2, path);
      expect([path, status]).toEqual([path, 202]);
      const { href } = JSON.parse(body.toString()) as { href: string };
      expect(href).toMatch(new RegExp(`^${v2}/operations/[0-9a-f]{32}$`));
      const { resources } = JSON.parse((await call(href)).body.toString()) as { resources: string[] };
      expect(resources).toEqual([`${v2}${path.startsWith('/partitions') ? '/partitions/elsewhere' : ''}/studies/${identityOf('elsewhere').studyInstanceUid}`]);
    }
    const changed = await call(`${v2}/partitions/elsewhere/studies/${identityOf('elsewhere').studyInstanceUid}/metadata`);
    await until('it is updated', async () => (await call(`${v2}/partitions/elsewhere/studies/${identityOf('elsewhere').studyInstanceUid}/metadata`)).body.toString() !== changed.body.toString() || changed.body.includes('Name^In^Any^Case'));
  });

  it.each(['v1', 'dicom-web'])('given %s, which has no bulk update, then 404', async (root) => {
    expect((await post({ studyInstanceUids: ['1'], changeDataset: named('x') }, `${archive.baseUrl}/${root}`)).status).toBe(404);
  });

  const valid = { studyInstanceUids: ['1.2'], changeDataset: named('x') };
  it.each<[string, unknown, RegExp]>([
    ['no JSON', '{', /not JSON/], ['nothing', '', /not JSON/], ['a list', [], /no JSON object/], ['no studies', { ...valid, studyInstanceUids: undefined }, /studyInstanceUids/],
    ['an empty list of studies', { ...valid, studyInstanceUids: [] }, /at least one/], ['what is no UID', { ...valid, studyInstanceUids: ['1.2', '..'] }, /"\.\.", which is no UID/],
    ['a number for a UID', { ...valid, studyInstanceUids: [12] }, /12, which is no UID/], ['a UID of 65 characters', { ...valid, studyInstanceUids: ['1'.repeat(65)] }, /1 to 64/],
    ['51 studies', { ...valid, studyInstanceUids: Array.from({ length: 51 }, (_none, at) => `1.${at}`) }, /51 studies; allowed are 50/],
    ['no changes', { ...valid, changeDataset: {} }, /at least one attribute/], ['changes that are no object', { ...valid, changeDataset: [] }, /changeDataset/],
  ])('given %s, then 400 that says what is allowed', async (_what, body, text) => {
    const answer = await post(body);
    expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringMatching(text)]);
  });

  it('given 50 studies, some named twice, then 202', async () => {
    const uids = Array.from({ length: 50 }, (_none, at) => `1.2.826.${at}`);
    expect((await update([...uids, ...uids], named('x'))).results).toEqual({ studyProcessed: 50, studyUpdated: 0, studyFailed: 0, instanceUpdated: 0 });
  });

  it('given attributes that cannot be changed so, then 400 with a comment for each', async () => {
    const answer = await post({ ...valid, changeDataset: {
      ...named('fine'), StudyInstanceUID: { vr: 'UI', Value: ['1'] }, '00080060': { vr: 'CS', Value: ['CT'] }, Nonsense: null,
      PatientBirthDate: { vr: 'DA', Value: ['19701399'] }, '00101010': { vr: 'LO', Value: ['x'] }, ReferencedStudySequence: { vr: 'SQ', Value: [named('x')] },
    } });
    const items = (JSON.parse(answer.body.toString()) as JsonDataset)['00741048']?.Value as JsonDataset[];
    expect([answer.status, answer.headers['content-type']]).toEqual([400, expect.stringContaining('application/dicom+json')]);
    expect(items.map((item) => String(item['00000902']?.Value?.[0]).slice(0, 22)).sort()).toEqual([
      'DICOM100: "Nonsense" i', 'DICOM100: (0008,0060) ', 'DICOM100: (0008,1110) ', 'DICOM100: (0010,0030) ', 'DICOM100: (0010,1010) ', 'DICOM100: (0020,000d) ',
    ]);
  });

  it('given another Content-Type, then 415; given a megabyte more than allowed, then 413; given an unknown partition, then 400', async () => {
    expect((await post(valid, v2, '/studies/$bulkUpdate', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post({ ...valid, more: 'x'.repeat(1_100_000) })).status).toBe(413);
    expect((await post(valid, `${v2}/partitions/unknown`)).body.toString()).toBe('Specified PartitionName unknown does not exist.');
  });
});

describe('Bulk update through kill -9', () => {
  it('given processes that are killed while it runs, then it goes on, and every instance is updated once', async () => {
    const data = await newArchiveData();
    let own = await startArchive({ data });
    try {
      const study = Array.from({ length: 200 }, (_none, at) => identityOf('killed', 'series', String(at)));
      const [{ studyInstanceUid }] = study as [Identity];
      for (let at = 0; at < study.length; at += 200) await given(`${own.baseUrl}/v2`, study.slice(at, at + 200).map((of) => smallInstance(of)));
      const href = await start([studyInstanceUid], named('Through^It'), `${own.baseUrl}/v2`);
      const updates = async (): Promise<string[]> => {
        const sops: string[] = [];
        for (let offset = study.length; ; offset += 200) {
          const page = JSON.parse((await call(`${own.baseUrl}/v2/changefeed?limit=200&offset=${offset}&includeMetadata=false`)).body.toString()) as { action: string; sopInstanceUid: string }[];
          sops.push(...page.filter(({ action }) => action === 'update').map(({ sopInstanceUid }) => sopInstanceUid));
          if (page.length < 200) return sops;
        }
      };
      await until('some are updated', async () => (await updates()).length > 20);
      for (const { pid } of own.processes) process.kill(pid, 'SIGKILL');
      await until('they are gone', () => own.processes.every(({ running }) => !running));
      await own.end();
      own = await startArchive({ data });
      const again = href.replace(/^.*\/v2\//, `${own.baseUrl}/v2/`);
      expect(await ended(again)).toMatchObject({ status: 'succeeded', results: { studyUpdated: 1, instanceUpdated: study.length } });
      expect((await updates()).sort()).toEqual(study.map(({ sopInstanceUid }) => sopInstanceUid).sort());
      const metadataNow = JSON.parse((await call(`${own.baseUrl}/v2/studies/${studyInstanceUid}/metadata`)).body.toString()) as JsonDataset[];
      expect(metadataNow.filter((dataset) => nameOf(dataset) !== 'Through^It')).toEqual([]);
    } finally {
      await own.end();
      await data.remove();
    }
  });
});
