import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request, type ClientRequest } from 'node:http';
import { deflateRawSync } from 'node:zlib';
import { peaks } from '../bench/process-memory.js';
import { element, part10Head } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { boundary, storeBody, storeContentType } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { uidOf } from '../support/uid.js';
import { exchange } from './raw-exchange.js';
import { identityOf, secondaryCapture, smallInstance } from './small-instance.js';
import { given, send, store } from './store-request.js';

let archive: Archive;
let v2: string;
let web: string;

const maxUploadBytes = 200_000;

beforeAll(async () => {
  archive = await startArchive({ env: { MAX_UPLOAD_BYTES: String(maxUploadBytes), MAX_CONCURRENT_UPLOADS: '2', MAX_PARTS: '20' }, replicas: 1 });
  [v2, web] = [`${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string];
  await given(v2, [smallInstance(identityOf('there'))]);
});
afterAll(() => archive.end());

const large = (name: string, size: number): Buffer => smallInstance(identityOf(name), { with: [element(0x7fe00010, 'OW', Buffer.alloc(size, 1))] });
const exists = async (name: string): Promise<boolean> => (await call(`${v2}${instancePath(identityOf(name))}`)).status === 200;
const headers = (path: string, ...lines: string[]): string => [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...lines, '', ''].join('\r\n');

/** Most memory that a process ever held, in bytes. */
const memoryOf = async ({ processes }: Archive): Promise<number> => Math.max(...(await peaks(processes)));

describe('Limits of a store', () => {
  it.each([['/v2/studies', 4 * 1024 ** 3 + 1], ['/dicom-web/studies', maxUploadBytes + 1]])('given %s and a Content-Length of %i, then 413 before a byte is sent', async (path, length) => {
    const answer = await exchange(archive.baseUrl, headers(path, 'Content-Type: application/dicom', `Content-Length: ${length}`));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('given a chunked body that grows past the limit, then the rest fails with 272 and each instance is named in the answer', async () => {
    const body = storeBody([[large('fits', 1_000)], [large('does not fit', maxUploadBytes)]]);
    const { status, stored, failed } = await send(web, body, storeContentType);
    expect([status, stored.map(({ sopInstanceUid }) => sopInstanceUid), failed.map(({ failureReason }) => failureReason)]).toEqual([202, [identityOf('fits').sopInstanceUid], [272]]);
    expect([await exists('fits'), await exists('does not fit')]).toEqual([true, false]);
  });

  it('given a chunked single instance past the limit, then 409 with 272 or 413, and it is not stored', async () => {
    const { status, failed } = await send(web, [large('single', maxUploadBytes)], 'application/dicom');
    expect([[409, 272], [413, undefined]]).toContainEqual([status, failed[0]?.failureReason]);
    expect(await exists('single')).toBe(false);
  });

  it('given instances that are stored and a body that goes wrong behind them, then 202 names what is stored and what is not', async () => {
    const part = (name: string): Buffer => Buffer.concat(storeBody([[smallInstance(identityOf('goes wrong', name))]]).slice(0, -1));
    const cases: readonly (readonly [string, Buffer, number])[] = [
      ['cut in the next part', Buffer.concat(storeBody([[smallInstance(identityOf('goes wrong', 'cut'))]])).subarray(0, 500), 43264],
      ['cut in the next head', Buffer.from(`\r\n--${boundary}\r\nContent-`), 43264],
      ['a part head without end', Buffer.from(`\r\n--${boundary}\r\nX: ${'x'.repeat(20_000)}`), 43264],
    ];
    for (const [name, rest, reason] of cases) {
      const { status, stored, failed } = await send(v2, Buffer.concat([part(name), rest]), storeContentType);
      expect([name, status, stored.map(({ sopInstanceUid }) => sopInstanceUid), failed.map(({ failureReason }) => failureReason)]).toEqual([name, 202, [identityOf('goes wrong', name).sopInstanceUid], [reason]]);
    }
  });

  it('given a limit that is passed behind the last instance, then the instance is not called failed', async () => {
    const body = [Buffer.concat(storeBody([[smallInstance(identityOf('epilogue'))]])), Buffer.alloc(maxUploadBytes)];
    const { stored } = await send(web, body, storeContentType);
    expect(stored.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([identityOf('epilogue').sopInstanceUid]);
  });

  it('given more parts than allowed behind stored ones, then 202 with 272 for the rest', async () => {
    const many = Array.from({ length: 21 }, (_none, at) => identityOf('too many parts', 'series', String(at)));
    const { status, stored, failed } = await store(v2, many.map((of) => smallInstance(of)));
    expect([status, stored.length, failed.map(({ failureReason }) => failureReason)]).toEqual([202, 20, [272]]);
  });

  it('given more parts than allowed, then 413', async () => {
    const { status } = await store(v2, Array.from({ length: 21 }, () => Buffer.from('x')));
    expect(status).toBe(413);
  });

  it('given as many uploads as are read at a time, then one more gets 503 with Retry-After, and later it is stored', async () => {
    const open = new Set<ClientRequest>();
    const beginUpload = (): void => {
      const upload = request(`${v2}/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom' } });
      open.add(upload.on('error', () => undefined));
      // A probe had its place just then: it is taken now.
      upload.once('response', () => {
        upload.destroy();
        if (open.delete(upload)) beginUpload();
      });
      upload.write(Buffer.alloc(128));
    };
    beginUpload();
    beginUpload();
    let refused = await store(v2, [Buffer.from('probe')]);
    while (refused.status !== 503) refused = await store(v2, [Buffer.from('probe')]);
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    const taken = [...open];
    open.clear();
    for (const upload of taken) upload.destroy();
    let later = await store(v2, [smallInstance(identityOf('later'))]);
    while (later.status === 503) later = await store(v2, [smallInstance(identityOf('later'))]);
    expect(later.status).toBe(200);
  });

  it('given uploads that their clients give up, then nothing is stored and nothing is left in the folder of what comes in', async () => {
    const of = identityOf('given up');
    const bytes = large('given up', 150_000);
    for (const sent of [100, 1_000, 100_000]) {
      const upload = request(`${v2}/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom', 'content-length': String(bytes.length) } });
      upload.on('error', () => undefined);
      await new Promise((resolve) => upload.write(bytes.subarray(0, sent), resolve));
      upload.destroy();
    }
    let answer = await store(v2, [smallInstance(identityOf('after giving up'))]);
    while (answer.status === 503) answer = await store(v2, [smallInstance(identityOf('after giving up'))]);
    expect(await exists('given up')).toBe(false);
    while ((await archive.listUnfinishedObjects()).length > 0);
    expect((await call(`${v2}/instances?SOPInstanceUID=${of.sopInstanceUid}`)).status).toBe(204);
  });

  it('given sequences nested 10,000 deep, then an answer for the instance, and the server lives', async () => {
    const opening = Buffer.from('400030a75351000000000000ffffffff'.slice(0, 24), 'hex');
    opening.write('SQ', 4, 'latin1');
    opening.writeUInt32LE(0xffffffff, 8);
    const item = Buffer.from('feff00e0ffffffff', 'hex');
    const nested = Buffer.concat(Array.from({ length: 10_000 }, () => Buffer.concat([opening, item])));
    const { status } = await store(v2, [smallInstance(identityOf('nested'), { with: [nested] })]);
    expect([200, 202, 409]).toContain(status);
    expect((await call(`${archive.baseUrl}/health/ready`)).status).toBe(200);
  });

  it('given a deflated data set that inflates a thousandfold, then an answer for the instance, and the memory stays bounded', async () => {
    const of = identityOf('bomb');
    const dataSet = Buffer.concat([
      element(0x00080016, 'UI', secondaryCapture), element(0x00080018, 'UI', of.sopInstanceUid), element(0x00100020, 'LO', 'B'), element(0x0020000d, 'UI', of.studyInstanceUid), element(0x0020000e, 'UI', of.seriesInstanceUid),
      element(0x00204000, 'UT', Buffer.alloc(256 * 1024 ** 2, 0x20)),
    ]);
    const bomb = Buffer.concat([part10Head(secondaryCapture, of.sopInstanceUid, '1.2.840.10008.1.2.1.99'), deflateRawSync(dataSet)]);
    const before = await memoryOf(archive);
    const { status } = await store(v2, [bomb]);
    expect([200, 202, 409]).toContain(status);
    expect((await memoryOf(archive)) - before).toBeLessThan(128 * 1024 ** 2);
  });

  it('given a gzip body, then it is not taken for an instance', async () => {
    const { status } = await send(v2, Buffer.from('1f8b0800000000000003', 'hex'), 'application/dicom', { headers: { 'content-encoding': 'gzip' } });
    expect([409, 415]).toContain(status);
  });

  it('given an element whose length is forged, then it fails with 43264', async () => {
    const forged = element(0x00204000, 'UT', 'x ');
    forged.writeUInt32LE(0x7ffffff0, 8);
    const { status, failed } = await store(v2, [smallInstance(identityOf('forged'), { with: [forged] })]);
    expect([status, failed[0]?.failureReason]).toEqual([409, 43264]);
  });

  it('given dimensions that overflow, then it is stored, and its frames are no 500', async () => {
    const of = identityOf('overflow');
    const bytes = smallInstance(of, { with: [element(0x00280010, 'US', Buffer.from('ffff', 'hex')), element(0x00280011, 'US', Buffer.from('ffff', 'hex')), element(0x00280008, 'IS', '2147483647')] });
    await given(v2, [bytes]);
    expect([400, 404, 406]).toContain((await call(`${v2}${instancePath(of)}/frames/2147483647`)).status);
  });
});

describe('Limits of a request', () => {
  const search = (length: number): string => {
    const start = '/v2/studies?StudyInstanceUID=';
    return `${start}${Array.from({ length: 200 }, (_none, at) => uidOf('long', at)).join(',').padEnd(length, ',').slice(0, length - start.length)}`;
  };

  it('given a URI of 8,192 characters, then it is answered; with one more, then 414', async () => {
    expect((await call(`${archive.baseUrl}${search(8192)}`)).status).toBe(204);
    expect((await call(`${archive.baseUrl}${search(8193)}`)).status).toBe(414);
  });

  it('given header fields beyond measure, then 431', async () => {
    const answer = await exchange(archive.baseUrl, `GET /v2/studies HTTP/1.1\r\nHost: localhost\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  it('given bytes that are no HTTP, then 400', async () => {
    expect(await exchange(archive.baseUrl, 'DICM\0\0\0\0\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('given percent signs that encode nothing, then 400', async () => {
    expect((await call(`${v2}/studies/%zz`)).status).toBe(400);
  });
});

describe('Errors', () => {
  it.each([
    ['GET', '/v2/nothing', 404], ['GET', '/v3/studies', 404], ['GET', '/', 404], ['PUT', '/v2/series', 405], ['GET', '/v2/studies?limit=0', 400], ['GET', '/v2/studies/1_2', 400], ['POST', '/v2/studies', 415],
  ])('given %s %s, then %i as one sentence of text, with CORS headers and no stack', async (method, path, expected) => {
    const { status, headers: answered, body } = await call(`${archive.baseUrl}${path}`, { method });
    expect(status).toBe(expected);
    expect(answered).toMatchObject({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin', 'content-type': 'text/plain; charset=utf-8' });
    expect(body.toString()).toMatch(/^[A-Z'].*\.$/);
    expect(body.toString()).not.toMatch(/\bat .*:\d+/);
  });

  it('given a method that a path has not, then 405 with Allow', async () => {
    const { status, headers: answered } = await call(`${v2}/studies`, { method: 'DELETE' });
    expect([status, answered.allow]).toEqual([405, expect.stringContaining('POST')]);
  });

  it('given a preflight, then 204 with methods and the headers of viewers', async () => {
    const { status, headers: answered } = await call(`${v2}/studies`, { method: 'OPTIONS', headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' } });
    expect(status).toBe(204);
    expect(answered['access-control-allow-methods']).toContain('GET');
    for (const name of ['Accept', 'Authorization', 'Content-Type', 'Range', 'If-None-Match']) expect(answered['access-control-allow-headers']).toContain(name);
    for (const name of ['Content-Type', 'ETag', 'Content-Range', 'Warning', 'Location']) expect(answered['access-control-expose-headers']).toContain(name);
  });
});

describe('Versions', () => {
  it.each(['/v1', '/v2', '/V2'])('given %s, then the answer says which versions there are', async (version) => {
    const { status, headers: answered } = await call(`${archive.baseUrl}${version}/Studies?LIMIT=1`);
    expect([status, answered['api-supported-versions']]).toEqual([200, '1, 2']);
  });

  it('given a version in another letter case, then URLs have it as the client spelled it', async () => {
    const of = identityOf('spelled');
    const { stored } = await store(`${archive.baseUrl}/V2`, [smallInstance(of)], { path: '/STUDIES' });
    expect(stored[0]?.retrieveUrl).toBe(`${archive.baseUrl}/V2${instancePath(of)}`);
  });

  it('given /dicom-web or no version, then no such header; without a root there is nothing', async () => {
    expect((await call(`${web}/studies`)).headers['api-supported-versions']).toBeUndefined();
    expect((await call(`${archive.baseUrl}/studies`)).status).toBe(404);
  });

  it('given a path with a final slash or segments in another letter case, then the same resource', async () => {
    for (const path of ['/studies/', '/STUDIES', `/Studies/${identityOf('there').studyInstanceUid}/Series`, `/studies/${identityOf('there').studyInstanceUid}/METADATA`]) expect([path, (await call(`${v2}${path}`)).status]).toEqual([path, 200]);
  });
});
