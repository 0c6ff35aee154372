import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart, type Part } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { uidOf } from '../support/uid.js';
import { factsOf, fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let v1: string;
let v2: string;
let web: string;

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const jpeg2000Lossless = '1.2.840.10008.1.2.4.90';

const first = identityOf('retrieved', 'one', '1');
const second = identityOf('retrieved', 'one', '2');
const other = identityOf('retrieved', 'two', '1');
const study = `/studies/${first.studyInstanceUid}`;
const series = `${study}/series/${first.seriesInstanceUid}`;
const bytes = new Map([first, second, other].map((of) => [of.sopInstanceUid, smallInstance(of)]));

/** One file of each transfer syntax that the fixtures have, all of one study. */
const syntaxes = [
  'implicit-le', 'explicit-le', 'explicit-be', 'deflated', 'jpeg-baseline-50', 'jpeg-extended-51', 'jpeg-lossless-57', 'jpeg-lossless-70', 'jpeg-ls-80', 'jpeg-ls-81', 'rle-5', 'j2k-90', 'j2k-91', 'crafted-4-100', 'crafted-4-201', 'crafted-4-202', 'crafted-4-203',
].map((name) => `transfer-syntax/${name}.dcm`);
const jpeg = 'transfer-syntax/jpeg-baseline-50.dcm';
const j2k = 'transfer-syntax/j2k-90.dcm';

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2, web] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string, string];
  await given(v2, [...bytes.values()]);
  await given(web, syntaxes.map(fixture));
});
afterAll(() => archive.end());

const get = (path: string, accept?: string, headers: Record<string, string> = {}): Promise<Answer> => call(`${v2}${path}`, { headers: { ...(accept !== undefined && { accept }), ...headers } });
const partsOf = ({ body, headers }: Answer): Part[] => parseMultipart(body, headers['content-type'] ?? '');
const single = (uid: string): string => `application/dicom; transfer-syntax=${uid}`;
const multipart = (uid: string): string => `multipart/related; type="application/dicom"; transfer-syntax=${uid}`;

describe('Retrieve of a study or series', () => {
  it.each([
    [multipart('*')], ['multipart/related; type="application/dicom"'], [multipart(explicitLittleEndian)], ['*/*'], [undefined], ['multipart/related; type=application/dicom; transfer-syntax="*"'],
    ['multipart/related;  transfer-syntax=* ;type="*/*"'], ['text/html, multipart/related; type="application/dicom"; transfer-syntax=*;q=0.2'], [`multipart/related; type="application/dicom"; transfer-syntax=${explicitLittleEndian}; transfer-syntax=*`],
  ])('given the Accept header %s, then 200 and every instance as a part, byte for byte', async (accept) => {
    for (const [path, expected] of [[study, [first, second, other]], [series, [first, second]]] as const) {
      const answer = await get(path, accept);
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toMatch(/^multipart\/related; *type="application\/dicom"; *boundary=/);
      expect(partsOf(answer).map(({ body }) => body.toString('base64')).sort()).toEqual(expected.map(({ sopInstanceUid }) => bytes.get(sopInstanceUid)!.toString('base64')).sort());
    }
  });

  it('given instances of many transfer syntaxes, then each part is as it was sent and says its own transfer syntax', async () => {
    const { study_uid } = factsOf(jpeg);
    const answer = await call(`${web}/studies/${study_uid}`, { headers: { accept: multipart('*') } });
    const parts = partsOf(answer);
    expect(parts).toHaveLength(syntaxes.length);
    for (const path of syntaxes) {
      const part = parts.find(({ body }) => body.equals(fixture(path)));
      expect([path, part?.headers['content-type']]).toEqual([path, `application/dicom; transfer-syntax=${factsOf(path).transfer_syntax}`]);
    }
  });

  it('given a multipart answer, then it begins with its boundary, has CRLF line ends and spells Content-Type in that case', async () => {
    const answer = await get(series, multipart('*'));
    const boundary = /boundary="?([^";]+)/.exec(answer.headers['content-type'] ?? '')![1]!;
    const text = answer.body.toString('latin1');
    const opening = `--${boundary}\r\nContent-Type: application/dicom; transfer-syntax=${explicitLittleEndian}\r\n\r\n`;
    expect(text.slice(0, opening.length)).toBe(opening);
    expect(text.split(`--${boundary}`)).toHaveLength(4);
    expect(text).toMatch(/--\r\n$|--$/);
  });

  it.each([['application/dicom; transfer-syntax=*'], ['application/dicom'], ['application/dicom+json'], ['image/jpeg'], [multipart('1.2.3')], [multipart('1.2.840.10008.1.2.4.50')], ['*/*;q=0']])(
    'given the Accept header %s, then 406', async (accept) => {
      expect((await get(study, accept)).status).toBe(406);
      expect((await get(series, accept)).status).toBe(406);
    });
});

describe('Retrieve of an instance', () => {
  it.each([[single('*')], ['application/dicom'], [single(explicitLittleEndian)], ['*/*'], [undefined], ['application/dicom; transfer-syntax="*"'], ['application/*'], [`application/xml, ${single('*')}`]])(
    'given the Accept header %s, then 200 as a single part, byte for byte', async (accept) => {
      const { status, headers, body } = await get(instancePath(first), accept);
      expect(status).toBe(200);
      expect(headers['content-type']).toBe(`application/dicom; transfer-syntax=${explicitLittleEndian}`);
      expect(headers['content-length']).toBe(String(bytes.get(first.sopInstanceUid)!.length));
      expect(body.equals(bytes.get(first.sopInstanceUid)!)).toBe(true);
    });

  it.each([[multipart('*')], ['multipart/related; type="application/dicom"'], [multipart(explicitLittleEndian)], ['multipart/related; type=*/*; transfer-syntax=*']])(
    'given the Accept header %s, then 200 as a multipart of one', async (accept) => {
      const answer = await get(instancePath(first), accept);
      expect(answer.status).toBe(200);
      expect(partsOf(answer).map(({ body }) => body.equals(bytes.get(first.sopInstanceUid)!))).toEqual([true]);
    });

  it.each(syntaxes)('given the fixture %s and transfer-syntax=*, then what comes back is what came in', async (path) => {
    const { status, headers, body } = await get(instancePath(identityOfFixture(path)), single('*'));
    expect(status).toBe(200);
    expect(headers['content-type']).toBe(`application/dicom; transfer-syntax=${factsOf(path).transfer_syntax}`);
    expect(body.equals(fixture(path))).toBe(true);
  });

  it.each([[single(jpeg2000Lossless)], [multipart(jpeg2000Lossless)]])('given JPEG 2000 Lossless and the Accept header %s, then 200 as stored', async (accept) => {
    expect((await get(instancePath(identityOfFixture(j2k)), accept)).status).toBe(200);
  });

  it.each([[single('1.2.3')], [single('1.2.840.10008.1.2.4.50')], [single('nonsense')], ['image/png'], ['application/dicom+json'], ['multipart/related; type="application/octet-stream"']])('given the Accept header %s, then 406', async (accept) => {
    expect((await get(instancePath(first), accept)).status).toBe(406);
  });

  it('given any transfer syntax by name under /dicom-web, then 200 when it is the stored one', async () => {
    const path = instancePath(identityOfFixture(jpeg));
    expect((await call(`${web}${path}`, { headers: { accept: single('1.2.840.10008.1.2.4.50') } })).status).toBe(200);
    expect((await call(`${web}${path}`, { headers: { accept: single('1.2.840.10008.1.2.4.51') } })).status).toBe(406);
  });

  it('given /v1, then the same', async () => {
    const { status, headers, body } = await call(`${v1}${instancePath(first)}`, { headers: { accept: single('*') } });
    expect([status, headers['api-supported-versions'], body.length]).toEqual([200, '1, 2', bytes.get(first.sopInstanceUid)!.length]);
  });

  it('given HEAD, then the headers of GET and no body', async () => {
    const { status, headers, body } = await call(`${v2}${instancePath(first)}`, { method: 'HEAD' });
    expect([status, headers['content-length'], body.length]).toEqual([200, String(bytes.get(first.sopInstanceUid)!.length), 0]);
  });

  it('given msdicom-request-original, then the version that there is', async () => {
    expect((await get(instancePath(first), single('*'), { 'msdicom-request-original': 'true' })).status).toBe(200);
  });
});

describe('Retrieve of what is not there', () => {
  const none = uidOf('none');

  it.each([[`/studies/${none}`], [`${study}/series/${none}`], [`${series}/instances/${none}`], [`/studies/${none}/series/${first.seriesInstanceUid}/instances/${first.sopInstanceUid}`]])('given %s, then 404', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it.each([['/studies/1_2'], [`${study}/series/${'1'.repeat(65)}`], [`${series}/instances/a%20b`]])('given %s, then 400', async (path) => {
    expect((await get(path)).status).toBe(400);
  });

  it('given an unsupported Accept header as well, then 406 comes first', async () => {
    expect((await get(`/studies/${none}`, 'image/png')).status).toBe(406);
    expect((await get('/studies/1_2', 'image/png')).status).toBe(406);
  });

  it.each([['/nothing'], ['/studies/1.2/nothing']])('given %s, which there is not, then 404', async (path) => {
    expect((await get(path)).status).toBe(404);
  });
});

describe('Retrieve with cache validation', () => {
  it.each([[study], [series], [instancePath(second)]])('given the ETag of %s, then 304 until it changes', async (path) => {
    const { headers } = await get(path);
    expect(headers.etag).toMatch(/^"[^"]+"$/);
    expect(headers['cache-control']).toContain('private');
    const { status, body } = await get(path, undefined, { 'if-none-match': headers.etag! });
    expect([status, body.length]).toEqual([304, 0]);
    await given(v2, [smallInstance({ ...second, patientName: `Changed^${path.length}` })], { method: 'PUT' });
    expect((await get(path, undefined, { 'if-none-match': headers.etag! })).status).toBe(200);
  });

  it('given the ETag of the multipart form, then the single part is another representation', async () => {
    const { headers } = await get(instancePath(first), multipart('*'));
    expect((await get(instancePath(first), single('*'), { 'if-none-match': headers.etag! })).status).toBe(200);
  });
});

describe('Retrieve of what changes meanwhile', () => {
  it('given replaces of an instance while it is read, then each answer is one version, whole, and metadata and search are of some version', async () => {
    const of = identityOf('changing');
    const versions = Array.from({ length: 20 }, (_none, at) => smallInstance({ ...of, patientName: `Version^${at}` }));
    await given(v2, [versions[0]!]);
    let replacing = true;
    const replaces = (async () => {
      for (const version of versions) await given(v2, [version], { method: 'PUT' });
      replacing = false;
    })();
    while (replacing) {
      const [whole, part, metadata, found] = await Promise.all([get(instancePath(of)), get(`/studies/${of.studyInstanceUid}`), get(`${instancePath(of)}/metadata`), get(`/studies?StudyInstanceUID=${of.studyInstanceUid}`)]);
      expect([whole, part, metadata, found].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
      for (const body of [whole.body, partsOf(part)[0]!.body]) expect(versions.some((version) => version.equals(body))).toBe(true);
    }
    await replaces;
    expect((await get(instancePath(of))).body.equals(versions.at(-1)!)).toBe(true);
  });

  it('given deletes and stores of an instance while it is read, then each answer is whole or 404', async () => {
    const of = identityOf('coming and going');
    const bytesOf = smallInstance(of);
    await given(v2, [bytesOf]);
    let going = true;
    const changes = (async () => {
      for (let round = 0; round < 15; round += 1) {
        expect((await call(`${v2}${instancePath(of)}`, { method: 'DELETE' })).status).toBe(204);
        await given(v2, [bytesOf]);
      }
      going = false;
    })();
    while (going) {
      const { status, body } = await get(instancePath(of));
      if (status === 200) expect(body.equals(bytesOf)).toBe(true);
      else expect(status).toBe(404);
    }
    await changes;
  });
});
