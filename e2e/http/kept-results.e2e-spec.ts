import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../invariants/until.js';
import { profile, startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { parseMultipart } from '../support/multipart.js';
import { readPng } from '../support/picture.js';
import type { Identity } from '../support/synthetic-instance.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

const parent = mkdtempSync(join(tmpdir(), 'isocenter-kept-'));
const folder = join(parent, 'isocenter-results');
let archive: Archive;
let web: string;
beforeAll(async () => {
  archive = await startArchive({ env: { RESULT_CACHE_DIR: parent, WARM_THUMBNAILS: 'true' } });
  web = `${archive.baseUrl}/dicom-web`;
});
afterAll(async () => {
  await archive.end();
  rmSync(parent, { recursive: true });
});

const shown = Array.from({ length: 16 }, (_none, at) => at * 16);
/** Pixels from 0 to 240, as they are or from 240 to 0. */
const imageOf = (of: Identity, pixels = shown): Buffer => smallInstance(of, { with: [element(0x00281050, 'DS', '128'), element(0x00281051, 'DS', '256'), element(0x7fe00010, 'OW', Buffer.from(pixels))] });
const jpegLs = '1.2.840.10008.1.2.4.80';
const get = (path: string, accept: string, headers: Record<string, string> = {}): Promise<Answer> => call(`${web}${path}`, { headers: { accept, ...headers } });

/** Processes that keep results for themselves: in one process render and retrieve share what is kept. */
const keepers = (service: 'render' | 'retrieve'): string[] => (existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(profile === 'standalone' ? 'standalone.' : `${service}.`)) : []);
const filesBelow = (below: string): string[] => readdirSync(below, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map(({ parentPath, name }) => join(parentPath, name));
const filesIn = (service: 'render' | 'retrieve'): number[] => keepers(service).map((keeper) => filesBelow(join(folder, keeper)).length);
/** Results that were made so far, by all processes. */
const made = async (): Promise<number> => {
  const pages = await Promise.all(archive.metricsUrls.map(async (url) => (await call(url)).body.toString()));
  return pages.reduce((sum, page) => sum + Number(/^isocenter_result_cache_reads_total\{outcome="made"\} (\d+)/m.exec(page)?.[1] ?? 0), 0);
};
/** Asks until every replica has made it, and keeps it: requests go to them in turn. */
const keepEverywhere = async (service: 'render' | 'retrieve', files: number, ask: () => Promise<Answer>): Promise<void> =>
  until(`every replica of ${service} keeps ${files}`, async () => {
    expect((await ask()).status).toBe(200);
    return filesIn(service).every((count) => count === files);
  });
const warmed = (files: number): Promise<void> => until('thumbnails were made', () => keepers('render').length > 0 && filesIn('render').every((count) => count === files));
const deleteStudy = async (of: Identity): Promise<void> => {
  expect((await call(`${web}/studies/${of.studyInstanceUid}`, { method: 'DELETE' })).status).toBe(204);
  await until('nothing is kept any more', () => filesBelow(folder).length === 0);
};

describe('Kept results', () => {
  it('given a series that is stored, then its thumbnail is there before anybody asks, at every replica, and it is the one of its study', async () => {
    const of = identityOf('warmed');
    await given(web, [imageOf(of)]);
    await warmed(1);
    const before = await made();
    for (const path of [`/studies/${of.studyInstanceUid}`, `/studies/${of.studyInstanceUid}/series/${of.seriesInstanceUid}`, instancePath(of)]) {
      expect((await get(`${path}/thumbnail`, 'image/jpeg')).status).toBe(200);
    }
    expect(await made()).toBe(before);
    await deleteStudy(of);
  });

  it('given a picture that every replica has made, when its instance is deleted, then it is gone from the disk of each, and the answer is 404', async () => {
    const [of, other] = [identityOf('deleted'), identityOf('deleted', 'series', 'other')];
    await given(web, [imageOf(of), imageOf(other)]);
    await warmed(1);
    const ask = (): Promise<Answer> => get(`${instancePath(of)}/rendered`, 'image/png');
    await keepEverywhere('render', 2, ask);
    const again = await ask();
    expect([...readPng(again.body).pixels]).toEqual(shown);
    expect([again.headers['content-type'], again.headers['content-length']]).toEqual(['image/png', String(again.body.length)]);
    expect((await get(`${instancePath(of)}/rendered`, 'image/png', { 'if-none-match': String(again.headers.etag) })).status).toBe(304);
    await call(`${web}${instancePath(of)}`, { method: 'DELETE' });
    expect((await ask()).status).toBe(404);
    // The thumbnail of the series is now one of the other instance.
    await warmed(1);
    await deleteStudy(other);
  });

  it('given an instance that is replaced, then the picture is of what it is now, also for who has the old one, and of the old one nothing stays', async () => {
    const of = identityOf('replaced');
    await given(web, [imageOf(of)]);
    await warmed(1);
    const ask = (headers = {}): Promise<Answer> => get(`${instancePath(of)}/rendered`, 'image/png', headers);
    await keepEverywhere('render', 2, ask);
    const { etag } = (await ask()).headers;
    const old = filesBelow(folder);
    await given(web, [imageOf(of, [...shown].reverse())], { method: 'PUT' });
    const now = await ask({ 'if-none-match': String(etag) });
    expect([now.status, ...readPng(now.body).pixels]).toEqual([200, ...[...shown].reverse()]);
    // Names of files are not used again.
    await until('nothing of the old one stays', () => !filesBelow(folder).some((file) => old.includes(file)));
    await keepEverywhere('render', 2, ask);
    expect([...readPng((await ask()).body).pixels]).toEqual([...shown].reverse());
    await deleteStudy(of);
  });

  it('given parameters that differ, then pictures that differ', async () => {
    const of = identityOf('parameters');
    await given(web, [imageOf(of)]);
    await warmed(1);
    const ask = (query: string): Promise<Answer> => get(`${instancePath(of)}/rendered?${query}`, 'image/png');
    for (let round = 0; round < 3; round += 1) {
      expect(readPng((await ask('viewport=2,2')).body)).toMatchObject({ width: 2, height: 2 });
      expect(readPng((await ask('viewport=3,3')).body)).toMatchObject({ width: 3, height: 3 });
      expect([...readPng((await ask('window=0,2,linear')).body).pixels].slice(1)).toEqual(new Array(15).fill(255));
      expect([...readPng((await ask('')).body).pixels]).toEqual(shown);
    }
    await deleteStudy(of);
  });

  it('given fifty who ask for the same picture at once, of whom some leave, then each replica makes it once, and all who stay have it', async () => {
    const of = identityOf('asked at once');
    await given(web, [imageOf(of)]);
    await warmed(1);
    const before = await made();
    const path = `${web}${instancePath(of)}/rendered?viewport=4000,4000`;
    const leaving = new AbortController();
    const left = Array.from({ length: 10 }, () => fetch(path, { headers: { accept: 'image/png' }, signal: leaving.signal }));
    const stayed = Array.from({ length: 40 }, () => fetch(path, { headers: { accept: 'image/png' } }));
    leaving.abort();
    await Promise.allSettled(left);
    const bodies = await Promise.all(stayed.map(async (answer) => [(await answer).status, (await (await answer).arrayBuffer()).byteLength]));
    expect(new Set(bodies.map(String)).size).toBe(1);
    expect(bodies[0]![0]).toBe(200);
    expect((await made()) - before).toBeLessThanOrEqual(keepers('render').length);
    await deleteStudy(of);
  });

  it('given a frame in another transfer syntax, alone, in a list and in its instance, then each replica makes it once, and when the instance is deleted it is gone', async () => {
    const of = identityOf('transcoded');
    const twice = { with: [element(0x00280008, 'IS', '2'), element(0x7fe00010, 'OW', Buffer.from([...shown, ...[...shown].reverse()]))] };
    await given(web, [smallInstance(of, twice)]);
    await warmed(1);
    const before = await made();
    const inStandalone = profile === 'standalone' ? 1 : 0;
    const frames = (numbers: string): Promise<Answer> => get(`${instancePath(of)}/frames/${numbers}`, `multipart/related; type="image/jls"; transfer-syntax=${jpegLs}`);
    await keepEverywhere('retrieve', 1 + inStandalone, () => frames('1'));
    await keepEverywhere('retrieve', 2 + inStandalone, () => frames('1,2'));
    expect((await made()) - before).toBe(2 * keepers('retrieve').length);
    const partsOf = async (numbers: string): Promise<string[]> => {
      const { body, headers } = await frames(numbers);
      return parseMultipart(body, String(headers['content-type'])).map((part) => part.body.toString('hex'));
    };
    const [[first], [second]] = [await partsOf('1'), await partsOf('2')];
    expect(await partsOf('2,1,2')).toEqual([second, first, second]);
    const instance = await get(instancePath(of), `multipart/related; type="application/dicom"; transfer-syntax=${jpegLs}`);
    expect(instance.body.toString('hex')).toContain(second);
    expect((await made()) - before).toBe(2 * keepers('retrieve').length);
    await deleteStudy(of);
    expect((await frames('1')).status).toBe(404);
  });
});
