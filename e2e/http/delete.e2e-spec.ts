import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { type Identity } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { search, valuesOf } from './search-request.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

let archive: Archive;
let v2: string;
let roots: Record<'v1' | 'v2' | 'dicom-web', string>;

beforeAll(async () => {
  archive = await startArchive();
  v2 = `${archive.baseUrl}/v2`;
  roots = { v1: `${archive.baseUrl}/v1`, v2, 'dicom-web': `${archive.baseUrl}/dicom-web` };
  await given(v2, [smallInstance(identityOf('always there'))]);
});
afterAll(() => archive.end());

const remove = async (path: string, headers: Record<string, string> = {}, body?: Buffer): Promise<{ status: number; text: string }> => {
  const answer = await call(`${v2}${path}`, { method: 'DELETE', headers, ...(body && { body }) });
  return { status: answer.status, text: answer.body.toString() };
};

const seriesPath = (of: Identity): string => `/studies/${of.studyInstanceUid}/series/${of.seriesInstanceUid}`;
const statusOf = async (path: string): Promise<number> => (await call(`${v2}${path}`)).status;

/** Two series of two instances. */
const study = (name: string): Identity[] => ['a', 'b'].flatMap((series) => ['1', '2'].map((sop) => identityOf(name, series, sop)));
const storeStudy = async (name: string): Promise<Identity[]> => {
  const instances = study(name);
  await given(v2, instances.map((of) => smallInstance(of, { with: [element(0x00080060, 'CS', of.seriesInstanceUid === instances[0]!.seriesInstanceUid ? 'CT' : 'MR')] })));
  return instances;
};

describe('Delete', () => {
  it('given a study, then 204 without a body, and nothing of it is found or retrieved', async () => {
    const [first] = await storeStudy('whole study');
    expect(await remove(`/studies/${first!.studyInstanceUid}`)).toEqual({ status: 204, text: '' });
    expect(await statusOf(`/studies/${first!.studyInstanceUid}`)).toBe(404);
    expect(await statusOf(`/studies/${first!.studyInstanceUid}/metadata`)).toBe(404);
    expect(await statusOf(`${instancePath(first!)}/frames/1`)).toBe(404);
    expect(await statusOf(`/studies?StudyInstanceUID=${first!.studyInstanceUid}`)).toBe(204);
    expect(await statusOf(`/studies/${first!.studyInstanceUid}/instances`)).toBe(204);
  });

  it('given a series, then 204, the other series stays, and counts and modalities are those of what remains', async () => {
    const [first] = await storeStudy('one series');
    expect((await remove(seriesPath(first!))).status).toBe(204);
    expect(await statusOf(seriesPath(first!))).toBe(404);
    const { found } = await search(v2, `/studies?StudyInstanceUID=${first!.studyInstanceUid}&includefield=NumberOfStudyRelatedInstances,ModalitiesInStudy`);
    expect(found[0]).toMatchObject({ '00201208': { Value: [2] }, '00080061': { Value: ['MR'] } });
    expect(await statusOf(`/studies?ModalitiesInStudy=CT&StudyInstanceUID=${first!.studyInstanceUid}`)).toBe(204);
  });

  it('given an instance, then 204 and the others of its series stay; the last one takes series and study with it', async () => {
    const instances = await storeStudy('one by one');
    expect((await remove(instancePath(instances[0]!))).status).toBe(204);
    expect(valuesOf((await search(v2, `${seriesPath(instances[0]!)}/instances`)).found, '00080018')).toEqual([instances[1]!.sopInstanceUid]);
    expect((await remove(instancePath(instances[1]!))).status).toBe(204);
    expect((await search(v2, `/studies/${instances[0]!.studyInstanceUid}/series`)).found).toHaveLength(1);
    for (const of of instances.slice(2)) expect((await remove(instancePath(of))).status).toBe(204);
    expect(await statusOf(`/studies?StudyInstanceUID=${instances[0]!.studyInstanceUid}`)).toBe(204);
  });

  it('given the instance that gave the study its attributes, then those of the remaining ones count', async () => {
    const [old, latest] = [identityOf('recomputed', 'series', 'old'), identityOf('recomputed', 'series', 'latest')];
    await given(v2, [smallInstance({ ...old, patientName: 'Old^Name' })]);
    await given(v2, [smallInstance({ ...latest, patientName: 'Latest^Name' })]);
    expect((await remove(instancePath(latest))).status).toBe(204);
    expect(await statusOf(`/studies?PatientName=Old^Name&StudyInstanceUID=${old.studyInstanceUid}`)).toBe(200);
    expect(await statusOf(`/studies?PatientName=Latest^Name&StudyInstanceUID=${old.studyInstanceUid}`)).toBe(204);
  });

  it('given something deleted, then it can be stored again, with other bytes', async () => {
    const of = identityOf('again');
    await given(v2, [smallInstance(of)]);
    await remove(instancePath(of));
    expect((await store(v2, [smallInstance({ ...of, patientName: 'Again^Other' })])).status).toBe(200);
    expect(await statusOf(instancePath(of))).toBe(200);
  });

  it('given what does not exist, then 404 that says what was not found', async () => {
    const of = identityOf('always there');
    const none = uidOf('none');
    expect(await remove(`/studies/${none}`)).toMatchObject({ status: 404, text: expect.stringContaining('study') });
    expect(await remove(`/studies/${of.studyInstanceUid}/series/${none}`)).toMatchObject({ status: 404, text: expect.stringContaining('series') });
    expect(await remove(`${seriesPath(of)}/instances/${none}`)).toMatchObject({ status: 404, text: expect.stringContaining('instance') });
    expect(await remove(`/studies/${none}/series/${of.seriesInstanceUid}/instances/${of.sopInstanceUid}`)).toMatchObject({ status: 404 });
  });

  it('given a second delete, then 404', async () => {
    const of = identityOf('deleted twice');
    await given(v2, [smallInstance(of)]);
    expect((await remove(instancePath(of))).status).toBe(204);
    expect((await remove(instancePath(of))).status).toBe(404);
  });

  it.each(['/studies/1_2', `/studies/${'1'.repeat(65)}`, '/studies/1.2/series/a%20b', '/studies/1.2/series/1.3/instances/%2F'])('given %s, then 400', async (path) => {
    expect((await remove(path)).status).toBe(400);
  });

  it.each<[string, Record<string, string>, string | undefined]>([
    ['an Accept header of nothing that exists', { accept: 'image/x-nothing' }, undefined], ['a JSON body', { 'content-type': 'application/json' }, '{"a":1}'], ['a body that is no JSON', { 'content-type': 'application/json' }, 'nonsense'],
    ['an empty JSON body', { 'content-type': 'application/json' }, ''], ['a Content-Type that cannot be read', { 'content-type': ';;' }, 'x'], ['a form', { 'content-type': 'multipart/form-data' }, '--x--'],
  ])('given %s, then it is deleted all the same', async (name, headers, body) => {
    const of = identityOf('no restrictions', name);
    await given(v2, [smallInstance(of)]);
    expect((await remove(instancePath(of), headers, body === undefined ? undefined : Buffer.from(body))).status).toBe(204);
  });

  it.each(['v1', 'v2', 'dicom-web'] as const)('given /%s, then 204', async (dialect) => {
    const of = identityOf('dialect', dialect);
    await given(v2, [smallInstance(of)]);
    expect((await call(`${roots[dialect]}${instancePath(of)}`, { method: 'DELETE' })).status).toBe(204);
    expect(await statusOf(instancePath(of))).toBe(404);
  });
});

describe('Delete of a study that takes several steps', () => {
  it('given a store of an instance whose delete is unfinished, then 409 with 45071, and after the delete it is stored', async () => {
    const many = Array.from({ length: 2_100 }, (_none, at) => identityOf('many', 'series', String(at)));
    await given(v2, many.map((of) => smallInstance(of)));
    const last = many.at(-1)!;
    const deleting = remove(`/studies/${last.studyInstanceUid}`);
    const reasons: unknown[] = [];
    for (let stored = false; !stored;) {
      const { status, failed } = await store(v2, [smallInstance({ ...last, patientName: 'Second^Try' })]);
      stored = status === 200;
      if (!stored) reasons.push(failed[0]?.failureReason);
    }
    expect((await deleting).status).toBe(204);
    expect(reasons).toContain(45071);
    expect(new Set(reasons)).toEqual(new Set(reasons.includes(45070) ? [45070, 45071] : [45071]));
    expect(valuesOf((await search(v2, `/studies/${last.studyInstanceUid}/instances`)).found, '00080018')).toEqual([last.sopInstanceUid]);
  });
});
