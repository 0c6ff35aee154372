import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { element } from '../support/dicom-writer.js';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { search } from './search-request.js';
import { fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let v2: string;
let web: string;

const of = identityOf('bulk');
const pixels = Buffer.from(Array.from({ length: 16 }, (_none, at) => at * 16));
const big = Buffer.from(Array.from({ length: 70_000 }, (_none, at) => at % 251));
const bigEndian = 'transfer-syntax/explicit-be.dcm';
const littleEndian = 'transfer-syntax/explicit-le.dcm';
const deflated = 'transfer-syntax/deflated.dcm';

beforeAll(async () => {
  archive = await startArchive();
  [v2, web] = [`${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string];
  await given(web, [
    smallInstance(of, { with: [element(0x00420011, 'OB', big), element(0x0040a730, 'SQ', [[element(0x00420011, 'OB', big.subarray(0, 69_000))]])] }),
    ...[bigEndian, littleEndian, deflated].map(fixture),
  ]);
});
afterAll(() => archive.end());

const metadataOf = async (path: string, headers: Record<string, string> = {}): Promise<JsonDataset> => (await search(web, `${path}/metadata`, headers)).found[0]!;
const uriOf = (dataset: JsonDataset, tag: string): string => (dataset[tag] as unknown as { BulkDataURI: string }).BulkDataURI;
const get = (url: string, headers: Record<string, string> = {}): Promise<Answer> => call(url, { headers });
const bigUri = async (): Promise<string> => uriOf(await metadataOf(instancePath(of)), '00420011');

describe('Bulk data', () => {
  it('given metadata under /dicom-web, then large values and pixel data have an absolute BulkDataURI, and /v2 has none', async () => {
    const dataset = await metadataOf(instancePath(of));
    expect(uriOf(dataset, '00420011')).toMatch(new RegExp(`^${web}${instancePath(of)}/bulkdata/`));
    expect(uriOf(dataset, '7FE00010')).toMatch(new RegExp(`^${web}${instancePath(of)}/`));
    expect((await call(`${v2}${instancePath(of)}/metadata`)).body.toString()).not.toContain('BulkDataURI');
  });

  it('given Forwarded headers, then the BulkDataURI is below the address that the client used', async () => {
    const dataset = await metadataOf(instancePath(of), { 'x-forwarded-host': 'pacs.example', 'x-forwarded-proto': 'https', 'x-forwarded-prefix': '/pacs' });
    expect(uriOf(dataset, '00420011')).toMatch(/^https:\/\/pacs\.example\/pacs\/dicom-web\/studies\//);
  });

  it.each([[undefined], ['*/*'], ['application/octet-stream']])('given a BulkDataURI and the Accept header %s, then 200 and the whole value', async (accept) => {
    const { status, headers, body } = await get(await bigUri(), accept === undefined ? {} : { accept });
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': '70000', 'accept-ranges': 'bytes' });
    expect(body.equals(big)).toBe(true);
  });

  it('given multipart asked, then one part with the whole value', async () => {
    const { status, headers, body } = await get(await bigUri(), { accept: 'multipart/related; type="application/octet-stream"' });
    expect(status).toBe(200);
    expect(parseMultipart(body, headers['content-type']!).map((part) => part.body.equals(big))).toEqual([true]);
  });

  it('given pixel data, then its bytes', async () => {
    const { status, body } = await get(uriOf(await metadataOf(instancePath(of)), '7FE00010'));
    expect(status).toBe(200);
    expect(body.equals(pixels)).toBe(true);
  });

  it('given a value in a sequence, then its bytes', async () => {
    const dataset = await metadataOf(instancePath(of));
    const item = dataset['0040A730']!.Value![0] as JsonDataset;
    const { status, body } = await get(uriOf(item, '00420011'));
    expect([status, body.equals(big.subarray(0, 69_000))]).toEqual([200, true]);
  });

  it('given big endian pixel data, then they come little endian', async () => {
    const path = (name: string): string => instancePath(identityOfFixture(name));
    const [one, other, third] = await Promise.all([bigEndian, littleEndian, deflated].map(async (name) => (await get(uriOf(await metadataOf(path(name)), '7FE00010'))).body));
    expect(one?.equals(other!)).toBe(true);
    expect(third?.equals(other!)).toBe(true);
    const ranged = await get(uriOf(await metadataOf(path(bigEndian)), '7FE00010'), { range: 'bytes=3-8' });
    expect([ranged.status, ranged.body.equals(other!.subarray(3, 9))]).toEqual([206, true]);
  });

  it.each([['bytes=0-9', 0, 10], ['bytes=69990-', 69_990, 70_000], ['bytes=-5', 69_995, 70_000], ['bytes=69999-80000', 69_999, 70_000], ['bytes=1-1', 1, 2]])('given Range %s, then 206 with those bytes', async (range, from, to) => {
    const { status, headers, body } = await get(await bigUri(), { range });
    expect(status).toBe(206);
    expect(headers).toMatchObject({ 'content-range': `bytes ${from}-${to - 1}/70000`, 'content-length': String(to - from) });
    expect(body.equals(big.subarray(from, to))).toBe(true);
  });

  it('given a Range behind the end, then 416 with the size', async () => {
    const { status, headers } = await get(await bigUri(), { range: 'bytes=70000-' });
    expect([status, headers['content-range']]).toEqual([416, 'bytes */70000']);
  });

  it.each([['bytes=5-2'], ['bytes=0-1,5-6'], ['frames=1-2']])('given Range %s, which need not be understood, then 200 and the whole value', async (range) => {
    expect((await get(await bigUri(), { range })).status).toBe(200);
  });

  it('given If-Range with the ETag, then 206; with another, then 200', async () => {
    const { headers } = await get(await bigUri());
    expect((await get(await bigUri(), { range: 'bytes=0-1', 'if-range': headers.etag! })).status).toBe(206);
    expect((await get(await bigUri(), { range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200);
    expect((await get(await bigUri(), { 'if-none-match': headers.etag! })).status).toBe(304);
  });

  it('given an unsupported Accept header, then 406', async () => {
    expect((await get(await bigUri(), { accept: 'image/png' })).status).toBe(406);
  });

  it.each([['00091001'], ['nonsense'], ['00420011/9/00420011'], ['..%2F..']])('given the path %s, then 404', async (path) => {
    expect((await get(`${web}${instancePath(of)}/bulkdata/${path}`)).status).toBe(404);
  });

  it('given /v2, then there is no such resource', async () => {
    expect((await get((await bigUri()).replace('/dicom-web/', '/v2/'))).status).toBe(404);
  });
});
