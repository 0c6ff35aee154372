import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { startArchive, type Archive } from '../support/archive.js';
import { element, us } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { ended, jsonOf, send, sop, sopsOf } from './query-tag-request.js';
import { search, valuesOf } from './search-request.js';
import { identityOf, smallInstance, type Shape } from './small-instance.js';
import { given } from './store-request.js';

interface Tag {
  readonly path: string;
  readonly status: string;
  readonly queryStatus: string;
  readonly errors?: { readonly count: number; readonly href: string };
  readonly operation?: { readonly id: string; readonly href: string };
}

const storeOne = (root: string, words: [string, string?, string?], shape: Shape = {}): Promise<void> => given(root, [smallInstance(identityOf(...words), shape)]);
/** Adds tags; resolves when the operation has ended. */
const add = async (root: string, ...tags: object[]): Promise<{ status: string }> => {
  const answer = await send(root, 'POST', '', tags);
  expect([answer.status, answer.status === 202 ? '' : answer.body.toString()]).toEqual([202, '']);
  return ended(jsonOf<{ href: string }>(answer).href);
};

describe('Extended query tags', () => {
  let archive: Archive;
  let v2: string;
  beforeAll(async () => {
    archive = await startArchive();
    v2 = `${archive.baseUrl}/v2`;
  });
  afterAll(() => archive.end());
  afterEach(async () => {
    for (const { path } of jsonOf<Tag[]>(await send(v2, 'GET', '?limit=200'))) await send(v2, 'DELETE', `/${path}`);
    await until('all tags are gone', async () => jsonOf<Tag[]>(await send(v2, 'GET', '')).length === 0);
  });

  it('given its life in REST, then 202 with Location, 200 with its status, 204, and 404 from then on', async () => {
    const made = await send(v2, 'POST', '', [{ Path: 'PatientSex', LEVEL: 'study', vr: '', privateCreator: '' }]);
    const { id, href } = jsonOf<{ id: string; href: string }>(made);
    expect([made.status, made.headers.location, href]).toEqual([202, href, `${v2}/operations/${id}`]);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await ended(href)).toMatchObject({ operationId: id, type: 'reindex', status: 'succeeded', percentComplete: 100, resources: [`${v2}/extendedquerytags/00100040`] });
    expect(jsonOf(await call(href.replace('/v2/', '/v1/')))).toMatchObject({ status: 'completed' });
    const shown = { path: '00100040', vr: 'CS', level: 'Study', status: 'Ready', queryStatus: 'Enabled' };
    for (const name of ['00100040', 'PatientSex', 'patientsex']) expect(jsonOf(await send(v2, 'GET', `/${name}`))).toEqual(shown);
    expect(jsonOf(await send(v2, 'GET', ''))).toEqual([shown]);
    expect(jsonOf(await send(v2, 'GET', '?offset=1'))).toEqual([]);
    expect((await send(v2, 'DELETE', '/PatientSex')).status).toBe(204);
    await until('it is gone', async () => (await send(v2, 'GET', '/PatientSex')).status === 404);
    for (const [method, path, body] of [['DELETE', ''], ['GET', '/errors'], ['PATCH', '', { queryStatus: 'Enabled' }]] as const) expect((await send(v2, method, `/PatientSex${path}`, body)).status).toBe(404);
  });

  it('given an attribute that can be searched already, by a tag or without, then 409 that names it', async () => {
    await add(v2, { path: 'PatientSex', level: 'Study' });
    for (const [path, name] of [['PatientSex', '00100040'], ['00100040', '00100040'], ['PatientName', 'PatientName'], ['00080060', 'Modality']] as const) {
      const answer = await send(v2, 'POST', '', [{ path: 'PatientAge', level: 'Study' }, { path, level: 'Study' }]);
      expect([answer.status, answer.body.toString()]).toEqual([409, expect.stringContaining(name)]);
    }
    expect((await send(v2, 'GET', '/PatientAge')).status).toBe(404);
  });

  it.each<[unknown, RegExp]>([
    [{}, /JSON array/], [[], /at least one/], [['x'], /'\[0\]'/], [[{ level: 'Study' }], /'\[0\]\.path' is missing/], [[{ path: 'PatientSex', level: 'Study' }, { path: 'NoSuchThing', level: 'Study' }], /'\[1\]\.path' has the value "NoSuchThing"/],
    [[{ path: 'PatientSex' }], /'\[0\]\.level' is missing; it is to be Study, Series or Instance/], [[{ path: 'PatientSex', level: 'Frame' }], /'\[0\]\.level' has the value "Frame"/], [[{ path: 'PatientSex', level: 'Study', x: 1 }], /'\[0\]\.x' is not known/],
    [[{ path: 'PatientSex', vr: 'LO', level: 'Study' }], /'\[0\]\.vr' has the value "LO"; allowed is of this attribute CS/], [[{ path: 'PixelData', level: 'Instance' }], /'\[0\]\.path'.*value representation/], [[{ path: 'RequestAttributesSequence', level: 'Series' }], /this one has SQ/],
    [[{ path: '12051003', level: 'Study', vr: 'LO' }], /'\[0\]\.privateCreator' is missing/], [[{ path: '12051003', level: 'Study', privateCreator: 'ACME' }], /'\[0\]\.vr' is missing/], [[{ path: '12050010', level: 'Study', vr: 'LO', privateCreator: 'ACME' }], /element is 1000/],
    [[{ path: 'PatientSex', privateCreator: 'ACME', level: 'Study' }], /'\[0\]\.privateCreator' has the value "ACME"/], [[{ path: 'PatientSex', level: 'Study' }, { path: '00100040', level: 'Study' }], /'\[1\]\.path'.*'\[0\]\.path'/], [[{ path: '00020010', level: 'Study' }], /0008/],
  ])('given %j, then 400 that names the member and its index', async (body, text) => {
    const { status, body: answer } = await send(v2, 'POST', '', body);
    expect([status, answer.toString()]).toEqual([400, expect.stringMatching(text)]);
  });

  it('given 128 tags, then one more is 400 that says how many are allowed', async () => {
    const tags = Array.from({ length: 128 }, (_none, at) => ({ path: `1205${(0x1001 + at).toString(16)}`, privateCreator: 'ACME', vr: 'LO', level: 'Instance' }));
    expect(await add(v2, ...tags)).toMatchObject({ status: 'succeeded' });
    expect(jsonOf<Tag[]>(await send(v2, 'GET', '?limit=200'))).toHaveLength(128);
    const answer = await send(v2, 'POST', '', [{ path: 'PatientSex', level: 'Study' }]);
    expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringContaining('128')]);
  });

  it('given a body that is not JSON, then 415', async () => {
    expect((await call(`${v2}/extendedquerytags`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: Buffer.from('x') })).status).toBe(415);
  });

  it('given instances stored before and after a tag of each level, then a search at its level and below finds both, and the answer holds the value', async () => {
    const values = { with: [element(0x00100040, 'CS', 'F'), element(0x00180015, 'CS', 'CHEST'), element(0x00204000, 'LT', 'x'), element(0x00281050, 'DS', '40.0')] };
    await storeOne(v2, ['levels before', 's', '1'], values);
    await add(v2, { path: 'PatientSex', level: 'Study' }, { path: 'BodyPartExamined', level: 'Series' }, { path: '00281050', level: 'Instance' });
    await storeOne(v2, ['levels after', 's', '1'], values);
    await storeOne(v2, ['levels none', 's', '1']);
    const studies = ['levels after', 'levels before'].map((word) => identityOf(word).studyInstanceUid);
    for (const [path, query] of [['studies', 'PatientSex=f'], ['series', '00100040=F'], ['instances', 'patientsex=F'], ['series', 'BodyPartExamined=chest'], ['instances', 'BodyPartExamined=CHEST'], ['instances', '00281050=40'], ['instances', 'WindowCenter=40.00&PatientSex=F']] as const) {
      const { status, found, text } = await search(v2, `/${path}?${query}`);
      expect([query, status, status === 200 ? '' : text]).toEqual([query, 200, '']);
      expect([query, valuesOf(found, '0020000D')]).toEqual([query, studies]);
    }
    expect((await search(v2, '/instances?00281050=40&PatientSex=F')).found.map((dataset) => [dataset['00281050']?.Value?.[0], dataset['00100040']?.Value?.[0]])).toEqual([[40, 'F'], [40, 'F']]);
    expect(valuesOf((await search(v2, `/studies?PatientID=P1&includefield=PatientSex`)).found, '00100040').sort()).toEqual(['F', 'F', undefined]);
    const { studyInstanceUid } = identityOf('levels after');
    expect(sopsOf(await search(v2, `/studies/${studyInstanceUid}/instances?BodyPartExamined=chest`))).toEqual([sop('levels after', 's', '1')]);
    expect((await search(v2, '/studies?BodyPartExamined=CHEST')).status).toBe(400);
    expect((await search(v2, '/series?00281050=40')).status).toBe(400);
    expect((await search(v2, '/studies?PatientSex=M')).status).toBe(204);
    expect(valuesOf((await search(`${archive.baseUrl}/dicom-web`, '/studies?PatientSex=*f*')).found, '0020000D')).toEqual(studies);
  });

  it('given more than 256 KiB of metadata, then they are found by a tag that was there before, and by one that is added later', async () => {
    const texts = Array.from({ length: 40 }, (_none, at) => element(0x00091001 + at, 'LT', 'text '.repeat(2_000)));
    const of = identityOf('large metadata');
    const large = smallInstance(of, { with: [element(0x00090010, 'LO', 'ACME'), ...texts, element(0x00100040, 'CS', 'O'), element(0x00180015, 'CS', 'KNEE'), element(0x000910f0, 'US', us(...Array.from({ length: 5_000 }, (_none, at) => at + 7)))] });
    await add(v2, { path: 'PatientSex', level: 'Study' });
    await given(v2, [large]);
    expect((await call(`${v2}${instancePath(of)}/metadata`)).body.length).toBeGreaterThan(256 * 1024);
    expect(valuesOf((await search(v2, '/studies?PatientSex=o')).found, '0020000D')).toEqual([of.studyInstanceUid]);
    expect(await add(v2, { path: 'BodyPartExamined', level: 'Series' }, { path: '000910F0', vr: 'US', privateCreator: 'ACME', level: 'Instance' })).toMatchObject({ status: 'succeeded' });
    expect(sopsOf(await search(v2, '/instances?BodyPartExamined=knee'))).toEqual([of.sopInstanceUid]);
    expect(sopsOf(await search(v2, '/instances?000910F0=7'))).toEqual([of.sopInstanceUid]);
    expect(jsonOf<Tag>(await send(v2, 'GET', '/BodyPartExamined')).errors).toBeUndefined();
  });

  it('given a tag of each value representation, then its first value is found by equality, ranges for DA, DT and TM, words for PN', async () => {
    const double = Buffer.alloc(8);
    double.writeDoubleLE(2.5);
    const float = Buffer.alloc(4);
    float.writeFloatLE(1.5);
    const long = Buffer.alloc(4);
    long.writeInt32LE(-70_000);
    const short = Buffer.alloc(2);
    short.writeInt16LE(-7);
    const ulong = Buffer.alloc(4);
    ulong.writeUInt32LE(4_000_000_000);
    const block = (at: number, vr: string, value: string | Buffer): Buffer => element(0x12051000 + at, vr, value);
    const shape = { with: [
      element(0x12050010, 'LO', 'ACME'), block(1, 'AE', 'STATION'), block(2, 'AS', '045Y'), block(3, 'CS', 'A\\B'), block(4, 'DA', '20240131'), block(5, 'DS', '1.50'), block(6, 'DT', '20240131101500.5+0100'), block(7, 'FL', float), block(8, 'FD', double), block(9, 'IS', '12'),
      block(10, 'LO', 'Long text'), block(11, 'PN', 'Físher^Anna'), block(12, 'SH', 'short'), block(13, 'SL', long), block(14, 'SS', short), block(15, 'TM', '101500'), block(16, 'UI', '1.2.3'), block(17, 'UL', ulong), block(18, 'US', us(65_535)),
    ] };
    const vrs = ['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'FL', 'FD', 'IS', 'LO', 'PN', 'SH', 'SL', 'SS', 'TM', 'UI', 'UL', 'US'];
    await storeOne(v2, ['vrs before'], shape);
    await add(v2, ...vrs.map((vr, at) => ({ path: (0x12051001 + at).toString(16), vr, privateCreator: 'ACME', level: 'Instance' })));
    await storeOne(v2, ['vrs after'], shape);
    const both = [sop('vrs after'), sop('vrs before')];
    const key = (vr: string): string => (0x12051001 + vrs.indexOf(vr)).toString(16);
    for (const [vr, value] of [
      ['AE', 'station'], ['AS', '045Y'], ['CS', 'a'], ['DA', '20240131'], ['DA', '20240101-20240131'], ['DA', '-20240131'], ['DA', '20240131-'], ['DS', '1.5'], ['DT', '20240131091500.5'], ['DT', '202401'], ['DT', '20240131-'], ['DT', '20240131091500-20240131091501'], ['DT', '20240131041500.5-0500'],
      ['FL', '1.5'], ['FD', '2.5'], ['IS', '12'], ['LO', 'long TEXT'], ['PN', 'fisher^anna'], ['SH', 'Short'], ['SL', '-70000'], ['SS', '-7'], ['TM', '1015'], ['TM', '10-11'], ['UI', '1.2.3'], ['UL', '4000000000'], ['US', '65535'],
    ] as const) expect([vr, value, sopsOf(await search(v2, `/instances?${key(vr)}=${encodeURIComponent(value)}`))]).toEqual([vr, value, both]);
    for (const value of ['ann', 'fis ann']) expect(sopsOf(await search(v2, `/instances?${key('PN')}=${value}&fuzzymatching=true`))).toEqual(both);
    for (const [vr, value] of [['CS', 'B'], ['DA', '20240201-'], ['LO', 'long'], ['PN', 'anna'], ['TM', '11-'], ['UI', '1.2'], ['DT', '2023']] as const) expect([vr, value, (await search(v2, `/instances?${key(vr)}=${value}`)).status]).toEqual([vr, value, 204]);
    for (const [vr, value] of [['DA', '2024'], ['DA', '20240131-20240101'], ['TM', '99'], ['DT', 'now'], ['US', 'many'], ['LO', '']] as const) expect([vr, value, (await search(v2, `/instances?${key(vr)}=${value}`)).status]).toEqual([vr, value, 400]);
  });

  it('given private values in a file with implicit VR, or of UN, stored before and after a tag that says what they are, then they are found', async () => {
    const values: readonly [string, string | Buffer, string][] = [['LO', 'Head', 'head'], ['US', us(513), '513'], ['DA', '20240131', '20240101-20240201'], ['PN', 'Físher^Anna', 'físher^anna']];
    const elements = (unknown: boolean): Buffer[] => values.map(([vr, value], at) => element(0x12051021 + at, unknown ? 'UN' : vr, value));
    const wrong = element(0x12051023, 'UN', Buffer.from([1, 2, 3, 4]));
    const storeAll = async (when: string): Promise<void> => {
      await storeOne(v2, [when, 's', 'unknown'], { with: [element(0x12050010, 'LO', 'ACME'), ...elements(true)] });
      await storeOne(`${archive.baseUrl}/dicom-web`, [when, 's', 'implicit'], { implicit: true, with: [element(0x12050010, 'LO', 'ACME'), ...elements(false)] });
    };
    await storeAll('unknown before');
    await add(v2, ...values.map(([vr], at) => ({ path: (0x12051021 + at).toString(16), vr, privateCreator: 'ACME', level: 'Instance' })));
    await storeAll('unknown after');
    await storeOne(v2, ['unknown wrong'], { with: [element(0x12050010, 'LO', 'ACME'), wrong] });
    const all = ['unknown after', 'unknown before'].flatMap((when) => [sop(when, 's', 'implicit'), sop(when, 's', 'unknown')]);
    for (const [at, [vr, , value]] of values.entries()) expect([vr, sopsOf(await search(v2, `/instances?${(0x12051021 + at).toString(16)}=${encodeURIComponent(value)}`))]).toEqual([vr, all]);
    expect(jsonOf<Tag[]>(await send(v2, 'GET', '?limit=200')).filter(({ errors }) => errors)).toEqual([]);
  });

  it('given a tag that is disabled or gone, then a search by it is 400 that says so', async () => {
    await add(v2, { path: 'PatientSex', level: 'Study' });
    const refusal = async (): Promise<string> => {
      const { status, text } = await search(v2, '/studies?PatientSex=F');
      return `${status} ${text}`;
    };
    expect(jsonOf(await send(v2, 'PATCH', '/PatientSex', { QueryStatus: 'disabled' }))).toMatchObject({ queryStatus: 'Disabled', status: 'Ready' });
    expect(await refusal()).toMatch(/^400 .*'PatientSex'.*disabled.*Enabled/);
    for (const body of [{}, { queryStatus: 'on' }, { queryStatus: 'Enabled', x: 1 }, []]) expect((await send(v2, 'PATCH', '/PatientSex', body)).status).toBe(400);
    expect(jsonOf(await send(v2, 'PATCH', '/PatientSex', { queryStatus: 'Enabled' }))).toMatchObject({ queryStatus: 'Enabled' });
    expect((await search(v2, '/studies?PatientSex=F')).status).not.toBe(400);
    await send(v2, 'DELETE', '/PatientSex');
    expect(await refusal()).toMatch(/^400 .*PatientSex.*cannot be searched/);
  });

  it('given values that cannot be indexed, then the tag is disabled and lists them, and enabled again it is named in erroneous-dicom-attributes', async () => {
    const root = `${v2}/partitions/erroneous`;
    await storeOne(root, ['erroneous', 's', '1'], { with: [element(0x00181012, 'DA', 'Monday')] }).catch(() => undefined);
    await storeOne(root, ['erroneous', 's', '2'], { with: [element(0x00181012, 'DA', '20240131')] });
    expect(await add(v2, { path: '00181012', level: 'Instance' })).toMatchObject({ status: 'succeeded', results: { instanceProcessed: expect.any(Number), errorCount: 1 } });
    const tag = jsonOf<Tag>(await send(v2, 'GET', '/00181012'));
    expect(tag).toMatchObject({ status: 'Ready', queryStatus: 'Disabled', errors: { count: 1, href: `${v2}/extendedquerytags/00181012/errors` } });
    expect((await search(root, '/instances?00181012=20240131')).status).toBe(400);
    const { studyInstanceUid, seriesInstanceUid } = identityOf('erroneous', 's');
    const errors = jsonOf<object[]>(await call(tag.errors!.href));
    expect(errors).toEqual([{ studyInstanceUid, seriesInstanceUid, sopInstanceUid: sop('erroneous', 's', '1'), createdTime: expect.any(String), errorMessage: expect.stringContaining('00181012'), partitionName: 'erroneous' }]);
    expect(JSON.stringify(errors)).not.toContain('Monday');
    expect(jsonOf(await call(`${tag.errors!.href}?offset=1`))).toEqual([]);
    await send(v2, 'PATCH', '/00181012', { queryStatus: 'Enabled' });
    const result = await search(root, '/instances?DateOfSecondaryCapture=20240131');
    expect([sopsOf(result), result.headers['erroneous-dicom-attributes']]).toEqual([[sop('erroneous', 's', '2')], 'DateOfSecondaryCapture']);
    await call(`${root}${instancePath(identityOf('erroneous', 's', '1'))}`, { method: 'DELETE' });
    expect((await search(root, '/instances?DateOfSecondaryCapture=20240131')).headers['erroneous-dicom-attributes']).toBeUndefined();
  });

  it('given deletes and replacements, then searches follow', async () => {
    const of = (value: string): Shape => ({ with: [element(0x00100040, 'CS', value)] });
    await add(v2, { path: 'PatientSex', level: 'Study' });
    await storeOne(v2, ['follows', 's', '1'], of('F'));
    await storeOne(v2, ['follows', 's', '2'], of('M'));
    const studies = async (value: string): Promise<number> => (await search(v2, `/studies?PatientSex=${value}&StudyInstanceUID=${identityOf('follows').studyInstanceUid}`)).found.length;
    expect([await studies('F'), await studies('M')]).toEqual([0, 1]);
    await call(`${v2}${instancePath(identityOf('follows', 's', '2'))}`, { method: 'DELETE' });
    expect([await studies('F'), await studies('M')]).toEqual([1, 0]);
    await given(v2, [smallInstance(identityOf('follows', 's', '1'), of('O'))], { method: 'PUT' });
    expect([await studies('F'), await studies('O')]).toEqual([0, 1]);
    await call(`${v2}/studies/${identityOf('follows').studyInstanceUid}`, { method: 'DELETE' });
    expect(await studies('O')).toBe(0);
  });

  it('given two that are added at the same time and one deleted while it is, then each ends, and the deleted one can be added again', async () => {
    const answers = await Promise.all([send(v2, 'POST', '', [{ path: 'PatientAge', level: 'Study' }]), send(v2, 'POST', '', [{ path: 'PatientSize', level: 'Study' }])]);
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect((await send(v2, 'DELETE', '/PatientSize')).status).toBe(204);
    const again = await send(v2, 'POST', '', [{ path: 'PatientSize', level: 'Study' }]);
    expect(again.status).toBe(202);
    for (const answer of [...answers, again]) expect(await ended(jsonOf<{ href: string }>(answer).href)).toMatchObject({ status: 'succeeded' });
    await until('both are ready', async () => jsonOf<Tag[]>(await send(v2, 'GET', '')).map(({ path, status }) => `${path} ${status}`).sort().join() === '00101010 Ready,00101020 Ready');
  });
});
