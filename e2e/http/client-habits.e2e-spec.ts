import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { until } from '../invariants/until.js';
import { startArchive, type Archive } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart } from '../support/multipart.js';
import { search, valuesOf } from './search-request.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, resultOf } from './store-request.js';

let archive: Archive;
let v1: string;
let v2: string;

const there = identityOf('habits');
const bytes = smallInstance({ ...there, patientName: 'Habit^Good' });

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`] as [string, string];
  await given(v2, [bytes]);
});
afterAll(() => archive.end());

const post = async (contentType: string, body: readonly Buffer[] | Buffer, headers: Readonly<Record<string, string>> = {}) => resultOf(await call(`${v2}/studies`, { method: 'POST', headers: { accept: 'application/dicom+json', 'content-type': contentType, ...headers }, body: body as Buffer }));
const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => call(`${v2}${path}`, { headers });
const partsOf = ({ body, headers }: Answer) => parseMultipart(body, headers['content-type'] ?? '').map((part) => part.body);

describe('Habits of .NET clients', () => {
  const boundary = '7f3c2f36-0b0e-4f5a-9a2e-1d7b7a1f0c11';

  it('given a chunked multipart with a quoted boundary before its type, parts with lengths and other headers, then it is stored', async () => {
    const part = smallInstance(identityOf('habits elsewhere', 'net', 'multipart'));
    const head = `--${boundary}\r\nContent-Type: application/dicom\r\nContent-Length: ${part.length}\r\nContent-Disposition: attachment\r\n\r\n`;
    const { status, stored } = await post(`multipart/related; boundary="${boundary}"; type="application/dicom"`, [Buffer.from(head), part.subarray(0, 300), part.subarray(300), Buffer.from(`\r\n--${boundary}--\r\n`)]);
    expect([status, stored.length]).toEqual([200, 1]);
  });

  it('given a single part, chunked, without Content-Length, then it is stored', async () => {
    const of = identityOf('habits elsewhere', 'net', 'single');
    const { status, headers } = await post('application/dicom', [smallInstance(of).subarray(0, 200), smallInstance(of).subarray(200)]);
    expect([status, headers['content-type']]).toEqual([200, 'application/dicom+json']);
    expect((await get(instancePath(of))).status).toBe(200);
  });

  it('given Expect: 100-continue, then the body is asked for, and stored', async () => {
    const part = smallInstance(identityOf('habits elsewhere', 'net', 'expect'));
    const upload = request(`${v2}/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom', 'content-length': part.length, expect: '100-continue' } });
    const answered = once(upload, 'response');
    upload.flushHeaders();
    await once(upload, 'continue');
    upload.end(part);
    const [response] = (await answered) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it.each(['multipart/related; type="application/dicom"; transfer-syntax="*"', 'multipart/related; type=application/dicom; transfer-syntax=*', 'multipart/related;type="*/*"', 'multipart/related; transfer-syntax="*"; type="application/dicom"'])('given the Accept header %s of an instance, then its bytes', async (accept) => {
    expect(partsOf(await get(instancePath(there), { accept }))).toEqual([bytes]);
  });

  it.each(['1%2C1', '1,1', '%31%2c%31'])('given the frame list %s and quoted parameters, then both frames', async (frames) => {
    expect(partsOf(await get(`${instancePath(there)}/Frames/${frames}`, { accept: 'multipart/related; type="application/octet-stream"; transfer-syntax="*"' }))).toHaveLength(2);
  });

  it('given one frame as an octet stream with a quoted parameter, then a single part', async () => {
    const { status, body } = await get(`${instancePath(there)}/frames/1`, { accept: 'application/octet-stream; transfer-syntax="*"' });
    expect([status, body.length]).toEqual([200, 16]);
  });

  it('given parameters in Pascal case and booleans as True and False, then they count', async () => {
    expect((await search(v2, '/studies?PatientName=hab&FuzzyMatching=True&IncludeField=StudyTime&Limit=1&Offset=0')).found).toHaveLength(1);
    expect((await search(v2, '/studies?PatientName=hab&FuzzyMatching=False')).status).toBe(204);
    const feed = async (query: string) => JSON.parse((await get(`/ChangeFeed${query}`)).body.toString()) as { sequence: number; metadata?: object }[];
    expect((await feed('?Offset=0&Limit=1&IncludeMetadata=True'))[0]).toMatchObject({ sequence: 1, metadata: expect.anything() });
    expect((await feed('?Offset=0&Limit=1&IncludeMetadata=False'))[0]).not.toHaveProperty('metadata');
    expect(await feed('?StartTime=2000-01-01T00%3A00%3A00.0000000%2B00%3A00&EndTime=2999-12-31T23%3A59%3A59.9999999%2B00%3A00&Limit=1')).toHaveLength(1);
  });

  it('given segments of the path in another letter case, then the same resource', async () => {
    expect((await get(instancePath(there).replace('/studies', '/Studies').replace('/series', '/Series').replace('/instances', '/Instances'))).status).toBe(200);
  });
});

describe('Habits of Python clients', () => {
  it('given multipart/related without type, whose parts are those of a form, then it is stored', async () => {
    const part = smallInstance(identityOf('habits elsewhere', 'python', 'form'));
    const head = '--0123456789abcdef0123456789abcdef\r\nContent-Disposition: form-data; name="dicomfile"; filename="a b.dcm"\r\nContent-Type: application/dicom\r\n\r\n';
    const { status, stored } = await post('multipart/related; boundary=0123456789abcdef0123456789abcdef', Buffer.concat([Buffer.from(head), part, Buffer.from('\r\n--0123456789abcdef0123456789abcdef--\r\n')]));
    expect([status, stored.length]).toEqual([200, 1]);
  });

  it('given Accept-Encoding, Connection and User-Agent as they are sent unasked, then the bytes are those that were stored', async () => {
    const { status, body } = await get(instancePath(there), { accept: 'application/dicom; transfer-syntax=*', 'accept-encoding': 'gzip, deflate, br, zstd', 'user-agent': 'python-requests/2.32.3' });
    expect([status, body.equals(bytes)]).toEqual([200, true]);
  });

  it('given booleans as True, spaces as plus signs and lists as repeated parameters, then they count', async () => {
    const { found } = await search(v2, '/studies?PatientName=good+hab&fuzzymatching=True&includefield=StudyTime&includefield=00080005&limit=5');
    expect(found).toHaveLength(1);
    expect(found[0]).toHaveProperty('00080005');
  });

  it.each([['keywords', 'PatientName'], ['tags', '00100010']] as const)('given DICOM JSON whose keys are %s, then they are the same attributes', async (_what, key) => {
    const of = identityOf('habits of keys', key);
    await given(`${v2}/partitions/keys-${key}`, [smallInstance(of)]);
    const changes = { studyInstanceUids: [of.studyInstanceUid], changeDataset: { [key]: { vr: 'PN', Value: [{ Alphabetic: 'By^Key' }] } } };
    const { status, body } = await call(`${v2}/partitions/keys-${key}/studies/$bulkUpdate`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(changes)) });
    expect([key, status]).toEqual([key, 202]);
    const { href } = JSON.parse(body.toString()) as { href: string };
    await until('the operation has ended', async () => (await call(href)).status === 200);
    expect(valuesOf((await search(`${v2}/partitions/keys-${key}`, '/studies')).found, '00100010')).toEqual([{ Alphabetic: 'By^Key' }]);
  });

  it('given Accept: application/json, as it is the habit for JSON, then DICOM JSON', async () => {
    expect((await get(`${instancePath(there)}/metadata`, { accept: 'application/json' })).headers['content-type']).toBe('application/dicom+json');
  });

  it('given a DELETE with headers of a body that it has not, then 204', async () => {
    const of = identityOf('habits elsewhere', 'python', 'delete');
    await given(v2, [smallInstance(of)]);
    expect((await call(`${v2}${instancePath(of)}`, { method: 'DELETE', headers: { 'content-type': 'application/dicom+json', 'content-length': '0', accept: 'application/dicom+json' } })).status).toBe(204);
  });
});

describe('Versions', () => {
  it('given a version, then every answer says which there are, errors too', async () => {
    for (const root of [v1, v2]) {
      for (const [path, status] of [['/studies', 200], ['/studies?limit=0', 400], ['/nothing', 404], ['/api.yaml', 200], [`/studies?x=${'x'.repeat(9_000)}`, 414]] as const) {
        const answer = await call(`${root}${path}`);
        expect([path, answer.status, answer.headers['api-supported-versions']]).toEqual([path, status, '1, 2']);
      }
      expect((await call(`${root}/changefeed`, { method: 'POST' })).headers['api-supported-versions']).toBe('1, 2');
    }
  });

  it('given the document of a version, then 200 as YAML with an ETag, which is then 304, and it is of that version', async () => {
    for (const root of ['v1', 'v2', 'dicom-web']) {
      const { status, headers, body } = await call(`${archive.baseUrl}/${root}/api.yaml`);
      expect([status, headers['content-type']]).toEqual([200, 'application/yaml']);
      expect(body.toString()).toContain(`url: "../${root}"`);
      expect((await call(`${archive.baseUrl}/${root}/api.yaml`, { headers: { 'if-none-match': String(headers.etag) } })).status).toBe(304);
    }
  });

  it('given what version 1 has not, then 404', async () => {
    for (const [method, path] of [['GET', '/partitions'], ['GET', '/webhooks'], ['POST', '/webhooks']] as const) expect([path, (await call(`${v1}${path}`, { method })).status]).toEqual([path, 404]);
  });

  it('given version 1, then msdicom-request-original and times of the feed are unknown, and so passed over', async () => {
    expect((await call(`${v1}${instancePath(there)}`, { headers: { 'msdicom-request-original': 'maybe' } })).status).toBe(200);
    expect((await call(`${v1}/changefeed?startTime=yesterday`)).status).toBe(200);
  });

  it('given an instance without an attribute that version 1 returns by default, then it is not made up', async () => {
    const { found } = await search(v1, `/studies?StudyInstanceUID=${there.studyInstanceUid}`);
    for (const absent of ['00080030', '00080056', '00080201', '00100040', '00200010']) expect(found[0]).not.toHaveProperty(absent);
    expect(found[0]).toHaveProperty('00080005');
  });
});
