import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runIsocenter, type Ended } from '../cli/run-isocenter.js';
import { identityOf, smallInstance, type Shape } from '../http/small-instance.js';
import { given, store } from '../http/store-request.js';
import { newArchiveData, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { loseMetadata } from '../support/lose-metadata.js';
import { manyElementInstance, type Identity } from '../support/synthetic-instance.js';
import { until } from './until.js';

const env = { DELETE_GRACE_MS: '0', STORE_DEADLINE_MS: '10000' };

describe('I10 the index is disposable', () => {
  let data: ArchiveData;
  let archive: Archive;
  beforeEach(async () => {
    data = await newArchiveData();
    archive = await startArchive({ data, env });
  });
  afterEach(async () => {
    await archive.end();
    await data.remove();
  });

  const v2 = (path = ''): string => `${archive.baseUrl}/v2${path}`;
  const ward = (path = ''): string => v2(`/partitions/ward${path}`);
  const rebuild = (...words: string[]): Promise<Ended> => runIsocenter(['rebuild-index', '--url', v2(), ...words]).ended;
  const digestOf = ({ stdout }: Ended): string => /SHA-256 ([0-9a-f]{64})/.exec(stdout)?.[1] ?? `none: ${stdout}`;
  const text = async (url: string, headers: Record<string, string> = {}): Promise<string> => {
    const answer = await call(url, { headers });
    // Addresses have the port of the process.
    return `${answer.status} ${answer.headers.etag ?? ''} ${answer.body.toString('latin1').replaceAll(archive.baseUrl, '')}`;
  };
  const post = async (path: string, body: unknown): Promise<void> => {
    const started = await call(v2(path), { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) });
    expect([started.status, started.body.toString()]).toEqual([202, expect.anything()]);
    const { href } = JSON.parse(started.body.toString()) as { href: string };
    await until('the operation has ended', async () => (await call(href)).status === 200, 60_000);
    expect(JSON.parse((await call(href)).body.toString())).toMatchObject({ status: 'succeeded' });
  };
  const file = (of: Identity, shape: Shape = {}): Buffer => smallInstance(of, shape);
  const named = (name: string): object => ({ PatientName: { vr: 'PN', Value: [{ Alphabetic: name }] } });
  /** All changes have numbers, and all numbers are in the journal. */
  const journaled = async (): Promise<void> => expect((await call(v2('/changefeed/journal'))).status).toBe(200);
  const lose = async (): Promise<void> => {
    await archive.stop();
    await loseMetadata(data);
    archive = await startArchive({ data, env });
  };

  const study = (name: string, count = 3): Identity[] => Array.from({ length: count }, (_none, at) => ({ ...identityOf(name, at % 2 === 0 ? 'a' : 'b', String(at)), patientId: name, instanceNumber: at }));
  const stow = (root: string, instances: readonly Identity[], shape: Shape = {}): Promise<void> => given(root, instances.map((of) => file(of, shape)));
  const [kept, changed, updated, deleted, again, elsewhere] = ['kept', 'changed', 'updated', 'deleted', 'again', 'elsewhere'].map((name) => study(name)) as [Identity[], Identity[], Identity[], Identity[], Identity[], Identity[]];
  const large = identityOf('large');
  const original = { 'msdicom-request-original': 'true' };
  const octets = { accept: 'application/dicom; transfer-syntax=*' };

  /** Stores, replacements, updates, deletes, partitions, tags of every level. */
  const live = async (): Promise<void> => {
    await stow(v2(), kept);
    await stow(v2(), changed);
    await post('/extendedquerytags', [{ path: 'PatientSex', level: 'Study' }, { path: 'Laterality', level: 'Series' }, { path: 'WindowCenter', level: 'Instance' }, { path: '12051001', privateCreator: 'ACME', vr: 'LO', level: 'Instance' }]);
    await stow(v2(), updated, { with: [element(0x00100040, 'CS', 'F'), element(0x00200060, 'CS', 'L'), element(0x00281050, 'DS', '40'), element(0x12050010, 'LO', 'ACME'), element(0x12051001, 'LO', 'bone')] });
    await stow(v2(), deleted);
    await stow(v2(), again);
    await stow(ward(), elsewhere);
    await given(v2(), [Buffer.concat(manyElementInstance(large, 4_000))]);
    await given(v2(), [file(changed[0]!, { with: [element(0x00081030, 'LO', 'Replaced'), element(0x00100040, 'CS', 'M')] })], { method: 'PUT' });
    await post('/studies/$bulkUpdate', { studyInstanceUids: [updated[0]!.studyInstanceUid], changeDataset: named('First^Update') });
    await post('/studies/$bulkUpdate', { studyInstanceUids: [updated[0]!.studyInstanceUid], changeDataset: named('Second^Update') });
    await call(v2(`/studies/${deleted[0]!.studyInstanceUid}`), { method: 'DELETE' });
    await call(v2(`/studies/${again[0]!.studyInstanceUid}`), { method: 'DELETE' });
    await stow(v2(), again.slice(1));
    await call(v2(instancePath(kept[2]!)), { method: 'DELETE' });
    await journaled();
  };

  const answers = async (): Promise<Record<string, string>> => {
    const paths = [
      '/studies?includefield=all&limit=200', '/series?includefield=all&limit=200', '/instances?includefield=all&limit=200', '/studies?PatientName=update&fuzzymatching=true', '/studies?PatientID=changed&includefield=all',
      '/studies?PatientSex=F', '/studies?PatientSex=M&includefield=PatientSex', '/series?Laterality=L&includefield=Laterality', '/instances?WindowCenter=40&includefield=WindowCenter', '/instances?12051001=bone', '/studies?ModalitiesInStudy=OT', '/studies?StudyDate=20260101-20260131&limit=1&offset=1',
      '/changefeed?limit=200', '/changefeed?limit=3&offset=5', '/changefeed/latest', '/partitions', '/extendedquerytags', '/extendedquerytags/PatientSex',
      ...[kept, changed, updated, deleted, again].flatMap(([of]) => [`/studies/${of!.studyInstanceUid}/metadata`, `/studies/${of!.studyInstanceUid}`]), `${instancePath(large)}/metadata`,
      ...[kept[0]!, changed[0]!, updated[1]!, kept[2]!].flatMap((of) => [instancePath(of), `${instancePath(of)}/frames/1`]),
    ];
    const read: [string, string][] = [];
    for (const path of paths) {
      const headers: Record<string, string> = path.endsWith('/frames/1') ? { accept: 'application/octet-stream' } : /studies\/[\d.]+(\/series.*)?$/.test(path) && !path.endsWith('metadata') ? octets : {};
      // The boundary of a multipart answer is another one each time.
      const bare = (answer: string): string => answer.replace(/--[\w-]{16,}/g, '--');
      read.push([path, bare(await text(v2(path), headers))]);
    }
    for (const of of updated) {
      read.push([`original of ${of.sopInstanceUid}`, await text(v2(instancePath(of)), { ...octets, ...original })]);
      read.push([`original metadata of ${of.sopInstanceUid}`, await text(v2(`${instancePath(of)}/metadata`), original)]);
    }
    for (const path of ['/studies?includefield=all', `/studies/${elsewhere[0]!.studyInstanceUid}/metadata`]) read.push([`ward ${path}`, await text(ward(path))]);
    return Object.fromEntries(read);
  };

  it('given metadata that are lost, then search, query tags, metadata, feed, frames and originals answer what they did, with the same digest, and what was deleted stays gone', async () => {
    await live();
    const before = await answers();
    const proof = await rebuild('--digest');
    await lose();
    const refused = await store(v2(), [file(identityOf('while lost'))]);
    expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('rebuild-index')]);
    const rebuilt = await rebuild();
    expect([rebuilt.code, rebuilt.stdout]).toEqual([0, expect.stringContaining('SHA-256')]);
    expect(digestOf(rebuilt)).toBe(digestOf(proof));
    expect(await answers()).toEqual(before);
    for (const [of] of [deleted, [kept[2]!]]) expect((await call(v2(instancePath(of!)))).status).toBe(404);
    // It goes on as if nothing had been.
    await stow(v2(), study('new'));
    expect((JSON.parse((await call(v2('/changefeed?limit=200'))).body.toString()) as { sequence: number }[]).map(({ sequence }) => sequence)).toEqual(Array.from({ length: JSON.parse(before['/changefeed?limit=200']!.replace(/^200 +/, '')).length + 3 }, (_none, at) => at + 1));
    expect(await store(v2(), [file(kept[0]!)])).toMatchObject({ status: 409 });
    expect((JSON.parse((await call(v2('/studies'))).body.toString()) as JsonDataset[])[0]?.['00100020']?.Value).toEqual(['new']);
  });
});
