import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { runIsocenter, type Ended } from '../cli/run-isocenter.js';
import { identityOf, smallInstance, type Shape } from '../http/small-instance.js';
import { given, store } from '../http/store-request.js';
import { newArchiveData, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { loseMetadata } from '../support/lose-metadata.js';
import { openStored, type Stored } from '../support/open-stored.js';
import { manyElementInstance, type Identity } from '../support/synthetic-instance.js';
import { until } from './until.js';

const deadlineMs = 5_000;
const env = { DELETE_GRACE_MS: '0', STORE_DEADLINE_MS: String(deadlineMs) };

describe('I10 the index is disposable', () => {
  let data: ArchiveData;
  let archive: Archive;
  const begin = async (more: Readonly<Record<string, string>> = {}): Promise<void> => {
    archive = await startArchive({ data, env: { ...env, ...more } });
  };
  beforeEach(async () => {
    data = await newArchiveData();
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
    await until('the operation has ended', async () => (await call(href)).status === 200);
    expect(JSON.parse((await call(href)).body.toString())).toMatchObject({ status: 'succeeded' });
  };
  const file = (of: Identity, shape: Shape = {}): Buffer => smallInstance(of, shape);
  const named = (name: string): object => ({ PatientName: { vr: 'PN', Value: [{ Alphabetic: name }] } });
  /** All changes have numbers, and all numbers are in the journal. */
  const journaled = async (): Promise<void> => expect((await call(v2('/changefeed/journal'))).status).toBe(200);
  const lose = async (): Promise<void> => {
    await archive.stop();
    await loseMetadata(data, deadlineMs);
    await begin();
  };
  /** All processes at once, so that nothing is finished. */
  const crash = async (): Promise<void> => {
    for (const { pid } of archive.processes) process.kill(pid, 'SIGKILL');
    await archive.end();
  };
  const withStored = async <T>(use: (stored: Stored) => Promise<T>): Promise<T> => {
    const stored = await openStored(data);
    return use(stored).finally(() => stored.close());
  };
  const keysBelow = (prefix: string): Promise<string[]> => withStored(async ({ objects }) => {
    const keys: string[] = [];
    for await (const { key } of objects.list(prefix)) keys.push(key);
    return keys;
  });
  const sequences = async (): Promise<number[]> => (JSON.parse((await call(v2('/changefeed?limit=200&includeMetadata=false'))).body.toString()) as { sequence: number }[]).map(({ sequence }) => sequence);
  const upTo = (last: number): number[] => Array.from({ length: last }, (_none, at) => at + 1);

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
      const headers: Record<string, string> = path.endsWith('/frames/1') ? { accept: 'application/octet-stream' } : /^\/studies\/[\d.]+$/.test(path) ? { accept: `multipart/related; type="application/dicom"; transfer-syntax=*` } : /instances\/[\d.]+$/.test(path) ? octets : {};
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
    await begin();
    await live();
    const before = await answers();
    expect(Object.entries(before).filter(([path, answer]) => !answer.startsWith('200') && !path.includes(deleted[0]!.studyInstanceUid) && !path.includes(kept[2]!.sopInstanceUid)).map(([path, answer]) => [path, answer.slice(0, 80)])).toEqual([]);
    const proof = await rebuild('--digest');
    await lose();
    const refused = await store(v2(), [file(identityOf('while lost'))]);
    expect([refused.status, refused.text]).toEqual([503, expect.stringContaining('rebuild-index')]);
    // A digest of what is left rebuilds nothing.
    expect((await rebuild('--digest')).stdout).toContain('0 instances, 0 changes');
    expect((await store(v2(), [file(identityOf('while lost'))])).status).toBe(503);
    expect((await call(v2(instancePath(kept[0]!)), { method: 'DELETE' })).status).toBe(503);
    expect(await rebuild('--restore-undecided')).toMatchObject({ code: 1, stdout: expect.stringContaining('rebuild them first') });
    const rebuilt = await rebuild();
    expect([rebuilt.code, rebuilt.stdout]).toEqual([0, expect.stringContaining('SHA-256')]);
    expect(digestOf(rebuilt)).toBe(digestOf(proof));
    expect(await answers()).toEqual(before);
    for (const [of] of [deleted, [kept[2]!]]) expect((await call(v2(instancePath(of!)))).status).toBe(404);
    // It goes on as if nothing had been.
    await stow(v2(), study('new'));
    const known = (JSON.parse(before['/changefeed?limit=200']!.replace(/^200 +/, '')) as unknown[]).length;
    expect(known).toBeGreaterThan(30);
    expect(await sequences()).toEqual(upTo(known + 3));
    expect(await store(v2(), [file(kept[0]!)])).toMatchObject({ status: 409 });
    expect((JSON.parse((await call(v2('/studies'))).body.toString()) as JsonDataset[])[0]?.['00100020']?.Value).toEqual(['new']);
  });

  it('given kill -9 in the middle of a rebuild, then it goes on, and the digest is the same', async () => {
    await begin();
    for (let at = 0; at < 8; at += 1) await stow(v2(), study(`many ${at}`, 50));
    await journaled();
    const proof = await rebuild('--digest');
    await lose();
    const started = JSON.parse((await call(v2('/rebuild-index'), { method: 'POST' })).body.toString()) as { id: string };
    const shown = async (): Promise<{ status: string; percentComplete: number; results?: { instances: number; digest?: { sha256: string } } }> => JSON.parse((await call(v2(`/operations/${started.id}`))).body.toString());
    await until('some instances are back', async () => ((await shown()).results?.instances ?? 0) > 0);
    await crash();
    await begin();
    await until('the rebuild has ended', async () => ['succeeded', 'failed'].includes((await shown()).status));
    expect(await shown()).toMatchObject({ status: 'succeeded', results: { failed: 0, digest: { instances: 400, changes: 400, sha256: digestOf(proof) } } });
  });

  it('given a gap in the journal, then it is named and nothing is changed; with the journal whole again it is rebuilt', async () => {
    await begin();
    const rounds = ['1', '2', '3'].map((name) => study(name));
    for (const round of rounds) {
      await stow(v2(), round);
      await journaled();
    }
    const proof = await rebuild('--digest');
    await archive.stop();
    await loseMetadata(data, deadlineMs);
    const segments = await keysBelow('journal/');
    expect(segments).toHaveLength(3);
    const bytes = await withStored(async ({ objects }) => {
      const read = await objects.readRange(segments[1]!, 0, (await objects.stat(segments[1]!)).size);
      await objects.remove([segments[1]!]);
      return read;
    });
    await begin();
    const { code, stdout } = await rebuild();
    expect([code, stdout]).toEqual([1, expect.stringContaining('The journal has a gap: the changes 4 to 6 are missing.')]);
    expect((await call(v2(instancePath(rounds[0]![0]!)))).status).toBe(404);
    expect(await store(v2(), [file(identityOf('still lost'))])).toMatchObject({ status: 503 });
    await archive.stop();
    await withStored(({ objects }) => objects.put(segments[1]!, bytes));
    await begin();
    const rebuilt = await rebuild();
    expect([rebuilt.code, digestOf(rebuilt)]).toEqual([0, digestOf(proof)]);
  });

  it('given metadata that are lost during uploads, then nothing is numbered, removed or stored until they are rebuilt, and what was acknowledged is there or undecided', async () => {
    await begin({ JOURNAL_INTERVAL_MS: '100' });
    const acknowledged: Identity[] = [];
    let [sent, stopped] = [0, false];
    const upload = async (): Promise<void> => {
      while (!stopped) {
        const of = identityOf('during', 'series', String(sent++));
        const { status } = await store(v2(), [file(of)]).catch(() => ({ status: 0 }));
        if (status === 200) acknowledged.push(of);
      }
    };
    const uploads = Promise.all(Array.from({ length: 4 }, upload));
    await until('some are acknowledged', async () => acknowledged.length > 20);
    await journaled();
    const before = acknowledged.length;
    await until('more are', async () => acknowledged.length > before + 20);
    await crash();
    stopped = true;
    await uploads;
    await loseMetadata(data, deadlineMs);
    const there = (await keysBelow('')).filter((key) => key.endsWith('.dcm'));
    await begin({ JOURNAL_INTERVAL_MS: '100' });
    for (const of of acknowledged.slice(-3)) expect(await store(v2(), [file(of)])).toMatchObject({ status: 503, text: expect.stringContaining('rebuild-index') });
    // An entry would say of an instance that it is deleted.
    expect([(await call(v2('/changefeed'))).status, (await call(v2('/changefeed/latest'))).status, (await call(v2('/studies'))).status]).toEqual([503, 503, 204]);
    const first = await rebuild();
    expect(first.stdout).toContain('Made anew');
    const { code } = await rebuild('--restore-undecided');
    expect(code).toBe(0);
    for (const of of acknowledged) expect([of.sopInstanceUid, (await call(v2(instancePath(of)))).status]).toEqual([of.sopInstanceUid, 200]);
    const numbers = await sequences();
    expect(numbers).toEqual(upTo(numbers.length));
    expect(there.length).toBeGreaterThanOrEqual(acknowledged.length);
  });

  it('given objects that the journal does not know, then what may have been accepted is undecided until it is confirmed, and all else is kept in quarantine', async () => {
    // Only what is asked for is in the journal.
    await begin({ JOURNAL_INTERVAL_MS: '3600000' });
    const [known, unknown] = [identityOf('known'), identityOf('unknown')];
    await stow(v2(), [known]);
    await journaled();
    await stow(v2(), [unknown]);
    await crash();
    await loseMetadata(data, deadlineMs);
    const garbage = (await keysBelow('')).find((key) => key.includes(known.sopInstanceUid))!.replace(/_[^_]*$/, '_0199aaaa-0000-7000-8000-000000000001.dcm');
    await withStored(({ objects }) => objects.put(garbage, Buffer.from('no DICOM')));
    await begin();
    const { code, stdout } = await rebuild();
    expect([code, stdout]).toEqual([1, expect.stringContaining(`undecided  ${unknown.studyInstanceUid}/${unknown.seriesInstanceUid}/${unknown.sopInstanceUid}: `)]);
    expect([(await call(v2(instancePath(known)))).status, (await call(v2(instancePath(unknown)))).status, await sequences()]).toEqual([200, 404, [1]]);
    expect(await rebuild('--restore-undecided')).toMatchObject({ code: 0, stdout: expect.stringContaining('1 accepted') });
    expect([(await call(v2(instancePath(unknown)))).status, await sequences()]).toEqual([200, [1, 2]]);
    await archive.stop();
    expect([await keysBelow('quarantine~/'), await keysBelow('undecided~/')]).toEqual([[`quarantine~/${garbage}`], []]);
  });
});
