import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { element } from '../support/dicom-writer.js';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { manyElementInstance } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { search, valuesOf } from './search-request.js';
import { fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let v2: string;
let web: string;

const first = identityOf('described', 'one', '1');
const second = identityOf('described', 'one', '2');
const other = identityOf('described', 'two', '1');
const study = `/studies/${first.studyInstanceUid}`;
const series = `${study}/series/${first.seriesInstanceUid}`;

const charsets = ['latin1', 'latin2', 'cyrillic', 'arabic', 'greek', 'hebrew', 'turkish', 'thai', 'katakana', 'japanese-2022', 'korean-2022', 'chinese-2022', 'gb18030', 'gbk', 'utf8'].map((name) => `charset/${name}.dcm`);
const everyVr = 'values/every-vr-one.dcm';
const everyVrEmpty = 'values/every-vr-empty.dcm';

beforeAll(async () => {
  archive = await startArchive();
  [v2, web] = [`${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string];
  await given(v2, [first, second, other].map((of) => smallInstance(of)));
  await given(v2, [everyVr, everyVrEmpty, ...charsets].map(fixture));
});
afterAll(() => archive.end());

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> => call(`${v2}${path}/metadata`, { headers });
const metadataOf = async (path: string, root = v2): Promise<JsonDataset> => (await search(root, `${instancePath(identityOfFixture(path))}/metadata`)).found[0]!;

describe('Metadata', () => {
  it.each([[study, [first, second, other]], [series, [first, second]], [instancePath(first), [first]]])('given %s, then 200 and DICOM JSON of each instance', async (path, expected) => {
    const { status, headers, found } = await search(v2, `${path}/metadata`);
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^application\/dicom\+json/);
    expect(valuesOf(found, '00080018').sort()).toEqual(expected.map(({ sopInstanceUid }) => sopInstanceUid).sort());
  });

  it('given attributes of each kind of value, then they have the form of PS3.18 annex F', async () => {
    await given(v2, [smallInstance(identityOf('kinds'), { with: [
      element(0x00100010, 'PN', 'Yamada^Tarou=\u5c71\u7530^\u592a\u90ce'), element(0x00180050, 'DS', '1.50'), element(0x00200013, 'IS', '+07'), element(0x00081030, 'LO', ''), element(0x00201041, 'DS', '-12.25\\3e2'),
      element(0x00082112, 'SQ', [[element(0x00081150, 'UI', '1.2.3')]]),
    ] })]);
    const { found } = await search(v2, `${instancePath(identityOf('kinds'))}/metadata`);
    expect(found[0]).toMatchObject({
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '\u5c71\u7530^\u592a\u90ce' }] },
      '00180050': { vr: 'DS', Value: [1.5] }, '00200013': { vr: 'IS', Value: [7] }, '00201041': { vr: 'DS', Value: [-12.25, 300] }, '00280010': { vr: 'US', Value: [4] },
      '00082112': { vr: 'SQ', Value: [{ '00081150': { vr: 'UI', Value: ['1.2.3'] } }] },
    });
    expect(found[0]?.['00081030']).toEqual({ vr: 'LO' });
  });

  it('given binary values, then /v2 leaves them out', async () => {
    const dataset = await metadataOf(everyVr);
    const vrs = new Set(Object.values(dataset).map(({ vr }) => vr));
    for (const vr of ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']) expect([vr, vrs.has(vr)]).toEqual([vr, false]);
    for (const vr of ['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM', 'UI', 'UL', 'US', 'UT']) expect([vr, vrs.has(vr)]).toEqual([vr, true]);
    expect(dataset).not.toHaveProperty('7FE00010');
  });

  it('given empty elements, then they have a VR and no Value', async () => {
    const dataset = await metadataOf(everyVrEmpty);
    const empty = Object.values(dataset).filter((one) => !('Value' in one));
    expect(empty.length).toBeGreaterThan(15);
    for (const one of empty) expect(Object.keys(one)).toEqual(['vr']);
  });

  it.each(charsets)('given %s, then the text is what the file means, in UTF-8', async (path) => {
    const golden = JSON.parse(fixture(`${path}.json`).toString('utf8')) as JsonDataset;
    const dataset = await metadataOf(path);
    expect(dataset['00080005']).toEqual({ vr: 'CS', Value: ['ISO_IR 192'] });
    expect(JSON.stringify(dataset['00100010'])).not.toContain('\ufffd');
    expect(dataset['00100010']?.Value).toEqual(golden['00100010']?.Value);
  });

  it.each([['application/dicom+json'], ['application/json'], ['*/*'], ['application/dicom+json, multipart/related; type="application/octet-stream"; transfer-syntax=*'], ['multipart/related; type="application/dicom+xml", application/dicom+json;q=0.1']])(
    'given the Accept header %s, then 200', async (accept) => {
      expect((await get(study, { accept })).status).toBe(200);
    });

  it.each([['application/dicom+xml'], ['multipart/related; type="application/dicom+xml"'], ['text/html'], ['application/dicom']])('given the Accept header %s, then 406, before UIDs are looked at', async (accept) => {
    expect((await get(study, { accept })).status).toBe(406);
    expect((await get('/studies/1_2', { accept })).status).toBe(406);
    expect((await get(`/studies/${uidOf('none')}`, { accept })).status).toBe(406);
  });

  it('given what does not exist, then 404; a UID that is none, then 400', async () => {
    expect((await get(`/studies/${uidOf('none')}`)).status).toBe(404);
    expect((await get(`${study}/series/${uidOf('none')}`)).status).toBe(404);
    expect((await get(`${series}/instances/${uidOf('none')}`)).status).toBe(404);
    expect((await get('/studies/1_2')).status).toBe(400);
  });

  it.each([['study', study], ['series', series], ['instance', instancePath(second)]])('given the ETag of a %s, then 304 until it changes', async (level, path) => {
    const { headers } = await get(path);
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    const { status, body } = await get(path, { 'if-none-match': headers.etag! });
    expect([status, body.length]).toEqual([304, 0]);
    expect((await get(path, { 'if-none-match': `"other", W/${headers.etag!}` })).status).toBe(304);
    await given(v2, [smallInstance({ ...second, patientName: `Changed^${level}` })], { method: 'PUT' });
    const changed = await get(path, { 'if-none-match': headers.etag! });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(headers.etag);
    expect(changed.body.toString()).toContain(`Changed^${level}`);
  });

  it('given another instance in the study, then its ETag changes', async () => {
    const { headers } = await get(study);
    await given(v2, [smallInstance(identityOf('described', 'two', 'new'))]);
    expect((await get(study, { 'if-none-match': headers.etag! })).status).toBe(200);
  });

  it.each([['gzip', gunzipSync], ['zstd', zstdDecompressSync]] as const)('given Accept-Encoding %s, then several instances come compressed', async (encoding, decompress) => {
    const { headers, body } = await get(study, { 'accept-encoding': encoding });
    expect(headers['content-encoding']).toBe(encoding);
    expect((JSON.parse(decompress(body).toString('utf8')) as unknown[]).length).toBeGreaterThan(1);
  });

  it('given msdicom-request-original, then the metadata that there are', async () => {
    expect((await get(study, { 'msdicom-request-original': 'true' })).status).toBe(200);
  });
});

describe('Metadata of much', () => {
  it.each([1, 255, 256, 257, 512])('given a series of %i instances, then each stands once in its metadata, in its retrieve and in its search', async (count) => {
    const many = Array.from({ length: count }, (_none, at) => identityOf(`many ${count}`, 'series', String(at)));
    await given(v2, many.map((of) => smallInstance(of)));
    const expected = many.map(({ sopInstanceUid }) => sopInstanceUid).sort();
    const path = `/studies/${many[0]!.studyInstanceUid}`;
    expect(valuesOf((await search(v2, `${path}/metadata`)).found, '00080018').sort()).toEqual(expected);
    const { headers, body } = await call(`${v2}${path}`);
    expect(parseMultipart(body, headers['content-type']!)).toHaveLength(count);
    expect(valuesOf((await search(web, `${path}/instances`)).found, '00080018').sort()).toEqual(expected);
  });

  it('given a header of more than a megabyte, then all of it is in the metadata and in the feed', async () => {
    const of = identityOf('large header');
    await given(v2, [Buffer.concat(manyElementInstance(of, 15_000))]);
    const { found } = await search(v2, `${instancePath(of)}/metadata`);
    expect(Object.keys(found[0]!).length).toBeGreaterThan(15_000);
    const latest = JSON.parse((await call(`${v2}/changefeed/latest`)).body.toString()) as { metadata: JsonDataset };
    expect(latest.metadata).toEqual(found[0]);
    expect((await call(`${v2}${instancePath(of)}/frames/1`)).status).toBe(200);
    expect((await call(`${v2}${instancePath(of)}`, { method: 'DELETE' })).status).toBe(204);
    expect((await get(instancePath(of))).status).toBe(404);
  });
});

describe('Metadata under /dicom-web', () => {
  it('given binary values, then they are inline or a BulkDataURI', async () => {
    const dataset = await metadataOf(everyVr, web);
    for (const vr of ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']) expect([vr, Object.values(dataset).some((one) => one.vr === vr)]).toEqual([vr, true]);
  });

  it('given values that are invalid and can be read, then they are there', async () => {
    const of = identityOf('web invalid');
    await given(web, [smallInstance({ ...of, studyDate: 'NotAValidDate' })]);
    const { found } = await search(web, `${instancePath(of)}/metadata`);
    expect(found[0]?.['00080020']).toEqual({ vr: 'DA', Value: ['NotAValidDate'] });
  });
});
