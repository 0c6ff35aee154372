import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { search, valuesOf } from './search-request.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

let archive: Archive;
let v1: string;
let v2: string;
let web: string;

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2, web] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string, string];
});
afterAll(() => archive.end());

interface Partition {
  readonly partitionKey: number;
  readonly partitionName: string;
  readonly createdDate: string;
}
const list = async (): Promise<Partition[]> => JSON.parse((await call(`${v2}/partitions`)).body.toString()) as Partition[];
const statusOf = async (url: string, method = 'GET'): Promise<number> => (await call(url, { method })).status;

describe('Partitions', () => {
  it('given nothing was stored, then the list has Microsoft.Default', async () => {
    const { status, headers } = await call(`${v2}/partitions`);
    expect([status, headers['content-type']?.split(';')[0]]).toEqual([200, 'application/json']);
    expect((await list()).map(({ partitionName }) => partitionName)).toEqual(['Microsoft.Default']);
  });

  it('given the first store, then it makes the partition, and the RetrieveURL has it', async () => {
    const of = identityOf('made');
    const { status, stored, retrieveUrl } = await store(`${v2}/partitions/Clinic.1`, [smallInstance(of)], { path: `/studies/${of.studyInstanceUid}` });
    expect(status).toBe(200);
    expect(stored[0]?.retrieveUrl).toBe(`${v2}/partitions/Clinic.1${instancePath(of)}`);
    expect(retrieveUrl).toBe(`${v2}/partitions/Clinic.1/studies/${of.studyInstanceUid}`);
    expect(await statusOf(String(stored[0]?.retrieveUrl))).toBe(200);
    expect(await list()).toContainEqual({ partitionKey: expect.any(Number), partitionName: 'Clinic.1', createdDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
  });

  it('given the same UIDs in several partitions, then each has its own instance', async () => {
    const of = identityOf('shared');
    await given(v2, [smallInstance({ ...of, patientName: 'In^Default' })]);
    await given(`${v2}/partitions/a`, [smallInstance({ ...of, patientName: 'In^A' })]);
    await given(`${v2}/partitions/b`, [smallInstance({ ...of, patientName: 'In^B' })]);
    const nameIn = async (root: string): Promise<unknown> => valuesOf((await search(root, `${instancePath(of)}/metadata`)).found, '00100010')[0];
    expect(await Promise.all([v2, `${v2}/partitions/a`, `${v2}/partitions/b`].map(nameIn))).toEqual([{ Alphabetic: 'In^Default' }, { Alphabetic: 'In^A' }, { Alphabetic: 'In^B' }]);
    expect(await statusOf(`${v2}/partitions/a${instancePath(of)}`, 'DELETE')).toBe(204);
    expect(await Promise.all([v2, `${v2}/partitions/a`, `${v2}/partitions/b`].map((root) => statusOf(`${root}${instancePath(of)}`)))).toEqual([200, 404, 200]);
  });

  it('given a search, then it does not leave the partition', async () => {
    await given(`${v2}/partitions/one`, [smallInstance({ ...identityOf('search', 'one'), patientId: 'SEARCHED' })]);
    await given(`${v2}/partitions/two`, [smallInstance({ ...identityOf('search', 'two'), patientId: 'SEARCHED' })]);
    for (const level of ['studies', 'series', 'instances']) {
      expect((await search(`${v2}/partitions/one`, `/${level}?PatientID=SEARCHED`)).found).toHaveLength(1);
      expect((await search(v2, `/${level}?PatientID=SEARCHED`)).status).toBe(204);
    }
  });

  it('given Microsoft.Default by name, then it is where routes without a partition lead', async () => {
    const of = identityOf('default');
    await given(v2, [smallInstance(of)]);
    expect(await statusOf(`${v2}/partitions/Microsoft.Default${instancePath(of)}`)).toBe(200);
  });

  it('given a partition that nobody stored to, then a read is 400 in the words of the service', async () => {
    const of = identityOf('nowhere');
    for (const path of ['/studies', instancePath(of), `${instancePath(of)}/metadata`, `${instancePath(of)}/frames/1`]) {
      const { status, body } = await call(`${v2}/partitions/Nowhere${path}`);
      expect([path, status, body.toString()]).toEqual([path, 400, 'Specified PartitionName Nowhere does not exist.']);
    }
    expect(await statusOf(`${v2}/partitions/Nowhere${instancePath(of)}`, 'DELETE')).toBe(400);
  });

  it('given several first stores at once, then one partition with all of them', async () => {
    const instances = Array.from({ length: 8 }, (_none, at) => identityOf('at once', 'series', String(at)));
    expect((await Promise.all(instances.map((of) => store(`${v2}/partitions/at-once`, [smallInstance(of)])))).map(({ status }) => status)).toEqual(instances.map(() => 200));
    expect((await list()).filter(({ partitionName }) => partitionName === 'at-once')).toHaveLength(1);
    expect((await search(`${v2}/partitions/at-once`, '/instances')).found).toHaveLength(8);
  });

  it('given a store that fails, then no partition is made', async () => {
    expect((await store(`${v2}/partitions/NotMade`, [Buffer.from('no DICOM')])).status).toBe(409);
    expect((await list()).map(({ partitionName }) => partitionName)).not.toContain('NotMade');
  });

  it.each(['x'.repeat(64), 'A-Z_a.z-09', '1'])('given the name %s, then it is allowed', async (name) => {
    expect((await store(`${v2}/partitions/${name}`, [smallInstance(identityOf('named', name))])).status).toBe(200);
  });

  it.each(['x'.repeat(65), 'a%20b', 'a%2Fb', 'caf%C3%A9', '%', 'a!'])('given the name %s, then 400', async (name) => {
    expect(await statusOf(`${v2}/partitions/${name}/studies`)).toBe(400);
    expect((await store(`${v2}/partitions/${name}`, [smallInstance(identityOf('badly named'))])).status).toBe(400);
  });

  it('given PARTITIONS in another letter case, then the same partition; the name itself is case sensitive', async () => {
    await given(`${v2}/partitions/Case`, [smallInstance(identityOf('case'))]);
    expect(await statusOf(`${v2}/Partitions/Case/Studies`)).toBe(200);
    expect(await statusOf(`${v2}/partitions/case/studies`)).toBe(400);
  });

  it('given /v1 and /dicom-web, then instances of a partition are there too, and /v1 has no list', async () => {
    const of = identityOf('versions');
    await given(`${v1}/partitions/versions`, [smallInstance(of)]);
    expect(await statusOf(`${web}/partitions/versions${instancePath(of)}`)).toBe(200);
    expect(await statusOf(`${v1}/partitions`)).toBe(404);
    expect(await statusOf(`${web}/partitions`)).toBe(200);
  });

  it('given routes of the whole archive, then they stand below no partition', async () => {
    for (const path of ['/changefeed', '/partitions']) expect(await statusOf(`${v2}/partitions/Microsoft.Default${path}`)).toBe(404);
  });
});
