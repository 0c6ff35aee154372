import type { NumberedChange, Write } from '@isocenter/metadata-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runIsocenter, type Ended } from '../cli/run-isocenter.js';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { call } from '../support/http-call.js';
import { openStored, type Stored } from '../support/open-stored.js';
import { manyElementInstance } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

/** Objects that nobody knows are told when they are twice as old as the deadline. */
const env = { DELETE_GRACE_MS: '1000', STORE_DEADLINE_MS: '3000' };
let data: ArchiveData;
let archive: Archive;

beforeAll(async () => {
  data = await newArchiveData();
  archive = await startArchive({ data, env });
});
afterAll(async () => {
  await archive.end();
  await data.remove();
});

const check = (...words: string[]): Promise<Ended> => runIsocenter(['check', '--url', `${archive.baseUrl}/v2`, ...words]).ended;

/** Changes what is stored, while nothing runs that could know better. */
const behindItsBack = async (change: (stored: Stored) => Promise<void>): Promise<void> => {
  await archive.stop();
  const stored = await openStored(data);
  await change(stored).finally(() => stored.close());
  archive = await startArchive({ data, env });
};

const kindsOf = ({ stdout }: Pick<Ended, 'stdout'>): string[] => stdout.split('\n').flatMap((line) => /^([a-z]+-[a-z]+) {2}/.exec(line)?.[1] ?? []);

const store = (study: string, sops: readonly string[]): Promise<void> => given(`${archive.baseUrl}/v2`, sops.map((sop) => smallInstance(identityOf(study, 'series', sop))));
const rowOf = async ({ store: rows }: Pick<Stored, 'store'>, study: string, sop: string) => (await rows.findInstance(1, uidOf(study), uidOf(study, 'series'), uidOf(study, 'series', sop)))!;

describe('Check', () => {
  it('given an archive as its stores and deletes left it, then no difference, and it ends with 0', async () => {
    await store('check clean', ['1', '2', '3']);
    await call(`${archive.baseUrl}/v2/studies/${uidOf('check clean')}/series/${uidOf('check clean', 'series')}/instances/${uidOf('check clean', 'series', '3')}`, { method: 'DELETE' });
    for (const words of [[], ['--digest'], ['--repair']]) {
      const { code, stdout } = await check(...words);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Checked: 4 changes, \d journaled, 2 instances, \d+ objects\. No difference\.\n$/)]);
    }
  });

  it('given what replacements, partitions, bulk updates, query tags, large metadata and values that differ within a study left, then no difference', async () => {
    const v2 = `${archive.baseUrl}/v2`;
    const run = async (path: string, body: object): Promise<void> => {
      const started = await call(`${v2}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) });
      const { href } = JSON.parse(started.body.toString()) as { href: string };
      await until('the operation has ended', async () => (await call(href)).status === 200);
      expect(JSON.parse((await call(href)).body.toString())).toMatchObject({ status: 'succeeded' });
    };
    const ids = ['1', '2', '3'].map((sop) => identityOf('check all', 'series', sop));
    for (const root of [v2, `${v2}/partitions/ward`]) await given(root, ids.map((of) => smallInstance(of)));
    const modality = element(0x00080060, 'CS', 'MR');
    await given(v2, [smallInstance({ ...identityOf('check all', 'other'), patientName: 'Roe^Richard' }, { with: [modality, element(0x00081030, 'LO', '')] }), Buffer.concat(manyElementInstance(identityOf('check all', 'large'), 20_000))]);
    await run('/studies/$bulkUpdate', { studyInstanceUids: [uidOf('check all')], changeDataset: { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'New^Name' }] } } });
    await run('/extendedquerytags', [{ path: 'PatientAge', vr: 'AS', level: 'Study' }, { path: 'ProtocolName', level: 'Series' }]);
    const [age, protocol] = [element(0x00101010, 'AS', '044Y'), element(0x00181030, 'LO', 'Protocol')];
    await given(v2, [smallInstance(identityOf('check all', 'series', '4'), { with: [age, protocol] })]);
    await given(v2, [smallInstance(ids[0]!, { with: [element(0x00101010, 'AS', '045Y')] })], { method: 'PUT' });
    for (const words of [['--digest'], ['--repair']]) expect(await check(...words)).toMatchObject({ code: 0, stdout: expect.stringContaining('No difference.') });
  });

  it('given an object that is gone, one that is shorter, and one with other bytes, then each is told with what is to be done, and it ends with 1', async () => {
    const sops = ['gone', 'short', 'other'];
    await store('check objects', sops);
    await behindItsBack(async (stored) => {
      const [gone, short, other] = await Promise.all(sops.map((sop) => rowOf(stored, 'check objects', sop)));
      await stored.objects.remove([gone!, short!, other!].map(({ objectKey }) => objectKey));
      await stored.objects.put(short!.objectKey, Buffer.alloc(10));
      await stored.objects.put(other!.objectKey, Buffer.alloc(other!.size));
    });
    const place = (sop: string): string => `Microsoft.Default ${uidOf('check objects')}/${uidOf('check objects', 'series')}/${uidOf('check objects', 'series', sop)} version `;
    const present = await check();
    expect(present.code).toBe(1);
    expect(present.stdout.split('\n').slice(0, -1).sort()).toEqual([
      expect.stringMatching(/^Checked: .*\. 2 differences, 0 mended, 2 left\.$/),
      expect.stringMatching(new RegExp(`^object-damaged  ${place('short')}.*: The object has 10 bytes; stored were \\d+\\.`)),
      expect.stringMatching(new RegExp(`^object-missing  ${place('gone')}[0-9a-f-]{36}: The object is not there\\. .*restore the object from a backup`)),
    ]);
    const digest = await check('--digest', '--repair');
    expect(digest).toMatchObject({ code: 1, stdout: expect.stringContaining('The object has another SHA-256 than what was stored.') });
    expect(digest.stdout).toContain('3 differences, 0 mended, 3 left.');
    await call(`${archive.baseUrl}/v2/studies/${uidOf('check objects')}`, { method: 'DELETE' });
    expect(await check('--digest')).toMatchObject({ code: 0 });
  });

  it('given rows, changes, segments of the journal and objects that somebody changed, then each is told by its name, and --repair mends it', async () => {
    for (const studies of [['check rows', 'check series'], ['check next segment'], ['check dropped', 'check unannounced']]) {
      for (const study of studies) await store(study, ['1', '2']);
      // Brought up to date for whoever asks: a segment for each.
      await call(`${archive.baseUrl}/v2/changefeed/journal`);
    }
    let stray = '';
    await behindItsBack(async ({ store: rows, objects }) => {
      const write = async (...writes: Write[]): Promise<void> => expect(await rows.commit({ writes })).toEqual({ committed: true });
      await write({ op: 'update', table: 'studies', key: { partition: 1, study: uidOf('check rows') }, set: { instanceCount: 7, patientName: 'nobody' } });
      await write({ op: 'remove', table: 'series', key: { partition: 1, study: uidOf('check series'), series: uidOf('check series', 'series') } });
      const changes = await rows.listChanges({ after: 0, limit: 1_000 });
      const changeOf = (study: string): NumberedChange => changes.find((change) => change.study === uidOf(study))!;
      const { logPartition, logOffset, place } = changeOf('check dropped');
      await write({ op: 'remove', table: 'changes', key: { logPartition, logOffset, place } });
      // A version that no change was ever made of.
      const of = changeOf('check unannounced');
      await write({ op: 'update', table: 'changes', key: { logPartition: of.logPartition, logOffset: of.logOffset, place: of.place }, set: { version: `${of.version.slice(0, -1)}z` } });
      const segments: string[] = [];
      for await (const { key } of objects.list('journal/')) segments.push(key);
      expect(segments.length).toBeGreaterThan(1);
      await objects.remove([segments[0]!]);
      await objects.remove([segments[1]!]);
      await objects.put(segments[1]!, Buffer.from('no line\n'));
      stray = (await rowOf({ store: rows }, 'check rows', '1')).objectKey.replace(/_[0-9a-f-]+\.dcm$/, '_0199aaaa-0000-7000-8000-00000000000f.dcm');
      await objects.put(stray, Buffer.from('nobody knows me'));
      // The sweep would be faster.
      await write({ op: 'put', table: 'cursors', row: { name: 'ingest/sweep', position: Date.now() + 3_600_000, detail: '' } });
    });
    const kinds = ['change-missing', 'journal-damaged', 'journal-different', 'journal-missing', 'level-different', 'object-unknown', 'sequence-missing'];
    let found: Ended | undefined;
    await until('the object is old enough', async () => (found = await check()).stdout.includes('object-unknown'));
    expect([found!.code, [...new Set(kindsOf(found!))].sort()]).toEqual([1, kinds]);
    for (const text of [
      `Microsoft.Default ${uidOf('check rows')}: It counts 7 instances; there are 2.`, `${uidOf('check rows')}: It is not found by its attribute 00100010.`,
      `${uidOf('check series')}/${uidOf('check series', 'series')}: The series has instances and no row.`, 'No change in the feed tells of this version.',
      'The journal has a change that the change feed has not.', `knows the object ${stray}.`,
    ]) expect(found!.stdout).toContain(text);
    const repaired = await check('--repair');
    const left = repaired.stdout.split('\n').filter((line) => line !== '' && !line.endsWith('Mended.'));
    // Of two that differ nobody knows which is right.
    expect(left).toEqual([expect.stringMatching(/^journal-different /), expect.stringMatching(/mended, 1 left\.$/)]);
    expect(await archive.listObjects()).not.toContain(stray);
    expect(kindsOf(await check())).toEqual(['journal-different']);
    const answer = await call(`${archive.baseUrl}/v2/studies?PatientName=Doe^Jane&StudyInstanceUID=${uidOf('check rows')}&includefield=NumberOfStudyRelatedInstances`);
    expect(answer.body.toString()).toContain('"00201208":{"vr":"IS","Value":[2]}');
    await behindItsBack(async ({ store: rows }) => {
      const of = (await rows.listChanges({ after: 0, limit: 1_000 })).find(({ version }) => version.endsWith('z'))!;
      const { version } = (await rows.findInstance(1, of.study, of.series, of.sop))!;
      expect(await rows.commit({ writes: [{ op: 'update', table: 'changes', key: { logPartition: of.logPartition, logOffset: of.logOffset, place: of.place }, set: { version } }] })).toEqual({ committed: true });
    });
    expect(await check()).toMatchObject({ code: 0 });
  });

  it('given rows that are lost, then it is told which, and --repair makes them again of their objects; where those are gone it says what to do', async () => {
    const sops = ['row', 'metadata', 'both', 'gone'];
    await store('check lost', sops);
    const study = `/studies/${uidOf('check lost')}`;
    const answers = async (): Promise<string[]> => Promise.all([`${study}/metadata`, `${study}/instances?includefield=all`, `/studies?StudyInstanceUID=${uidOf('check lost')}&includefield=all`].map(async (path) => (await call(`${archive.baseUrl}/v2${path}`)).body.toString().replaceAll(archive.baseUrl, '')));
    await call(`${archive.baseUrl}/v2${study}/series/${uidOf('check lost', 'series')}/instances/${uidOf('check lost', 'series', 'gone')}`, { method: 'DELETE' });
    const before = await answers();
    await store('check lost', ['gone']);
    await behindItsBack(async ({ store: rows, objects }) => {
      const keys = sops.map((sop) => ({ partition: 1, study: uidOf('check lost'), series: uidOf('check lost', 'series'), sop: uidOf('check lost', 'series', sop) }));
      const [row, metadata, both, gone] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
      await objects.remove([(await rowOf({ store: rows }, 'check lost', 'gone')).objectKey]);
      expect(await rows.commit({ writes: [
        ...[row, both, gone].map((key): Write => ({ op: 'remove', table: 'instances', key })), ...[metadata, both, gone].map((key): Write => ({ op: 'remove', table: 'instanceMetadata', key })),
      ] })).toEqual({ committed: true });
    });
    const lost = ['level-different', 'level-different', 'metadata-missing', 'row-missing', 'row-missing', 'row-missing'];
    let told: string[] = [];
    // A check goes as far as the feed was numbered when it began.
    await until('the feed has the changes', async () => (told = kindsOf(await check()).sort()).length >= lost.length);
    expect(told).toEqual(lost);
    const repaired = await check('--repair');
    const left = repaired.stdout.split('\n').filter((line) => line !== '' && !line.endsWith('Mended.'));
    const place = `${uidOf('check lost')}/${uidOf('check lost', 'series')}/${uidOf('check lost', 'series', 'gone')}`;
    expect([repaired.code, left]).toEqual([1, [expect.stringMatching(new RegExp(`^row-missing  Microsoft\\.Default ${place} version .* rebuild them from objects and journal`)), expect.stringMatching(/, 1 left\.$/)]]);
    expect(await answers()).toEqual(before);
    // What cannot be made again can be stored again.
    await store('check lost', ['gone']);
    expect(await check()).toMatchObject({ code: 0 });
  });

  it('given stores, replacements and deletes all the time, then no difference, whether it mends or not', async () => {
    let isOver = false;
    let rounds = 0;
    const work = async (lane: number): Promise<void> => {
      while (!isOver) {
        const study = `check busy ${lane}`;
        await store(study, ['1', '2', '3']);
        await store(`${study} kept ${rounds}`, ['1']);
        await given(`${archive.baseUrl}/v2`, [smallInstance({ ...identityOf(study, 'series', '1'), patientName: `Round^${rounds}` })], { method: 'PUT' });
        await call(`${archive.baseUrl}/v2/studies/${uidOf(study)}${rounds % 2 === 0 ? '' : `/series/${uidOf(study, 'series')}`}`, { method: 'DELETE' });
        rounds += 1;
      }
    };
    const working = Promise.all([work(1), work(2), work(3)]);
    for (const words of [[], ['--repair'], ['--digest']]) expect(await check(...words)).toMatchObject({ code: 0, stdout: expect.stringContaining('No difference.') });
    isOver = true;
    await working;
    expect(rounds).toBeGreaterThan(5);
    expect(await check('--digest')).toMatchObject({ code: 0 });
  });

  it('given a process that is killed while it runs, then it goes on, and ends', async () => {
    const started = await call(`${archive.baseUrl}/v2/check`, { method: 'POST' });
    expect(started.status).toBe(202);
    const { id } = JSON.parse(started.body.toString()) as { id: string };
    expect((await call(`${archive.baseUrl}/v2/check`, { method: 'POST' })).status).toBe(409);
    for (const { pid } of archive.processes.filter(({ name }) => /standalone|ingest/.test(name))) process.kill(pid, 'SIGKILL');
    await archive.end();
    archive = await startArchive({ data, env });
    await until('it has ended', async () => (await call(`${archive.baseUrl}/v2/operations/${id}`)).status === 200);
    const report = await call(`${archive.baseUrl}/v2/check/${id}`);
    expect([report.status, report.headers['content-type'], report.body.toString()]).toEqual([200, 'application/x-ndjson', '']);
    expect(JSON.parse((await call(`${archive.baseUrl}/v2/operations/${id}`)).body.toString())).toMatchObject({ type: 'check', status: 'succeeded', results: { left: 0 } });
  });

  it('given an id that is none of a check, then 404; given what cannot be asked, then 400', async () => {
    for (const id of ['0123456789abcdef0123456789abcdef', 'x']) expect((await call(`${archive.baseUrl}/v2/check/${id}`)).status).toBe(404);
    for (const [query, text] of [['repair=maybe', "Query parameter 'repair' has the value 'maybe'; allowed are true and false."], ['objects=all', "Query parameter 'objects' has the value 'all'; allowed are presence and digest."]] as const) {
      const { status, body } = await call(`${archive.baseUrl}/v2/check?${query}`, { method: 'POST' });
      expect([status, body.toString()]).toEqual([400, text]);
    }
  });

  it('given an archive that is not there, then it says so, and ends with 1', async () => {
    const { code, stderr } = await runIsocenter(['check', '--url', 'http://127.0.0.1:9/v2']).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('Nobody answers at 127.0.0.1:9')]);
  });
});
