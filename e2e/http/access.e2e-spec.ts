import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

type Permission = 'read' | 'write' | 'delete';

let folder: string;
let archive: Archive;
let v2: string;

const keyOf = (name: string): string => `iso_${name.padEnd(43, '0')}`;
const entry = (name: string, permissions: readonly string[], partitions: readonly string[] = ['*']) => ({ name, sha256: createHash('sha256').update(keyOf(name)).digest('hex'), permissions, partitions });
const as = (name: string): Record<string, string> => ({ authorization: `Bearer ${keyOf(name)}` });
const keys = [
  entry('all', ['read', 'write', 'delete', 'admin']), entry('only-read', ['read']), entry('only-write', ['write']), entry('only-delete', ['delete']), entry('clinic', ['read', 'write', 'delete'], ['clinic']),
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-keys-'));
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ keys }));
  archive = await startArchive({ env: { API_KEYS_FILE: join(folder, 'keys.json') } });
  v2 = `${archive.baseUrl}/v2`;
  await given(v2, [smallInstance(identityOf('there'))], { headers: as('all') });
  await given(`${v2}/partitions/clinic`, [smallInstance(identityOf('there'))], { headers: as('clinic') });
});
afterAll(async () => {
  await archive.end();
  await rm(folder, { recursive: true, force: true });
});

const { studyInstanceUid: study, seriesInstanceUid: series } = identityOf('there');
const instance = instancePath(identityOf('there'));

/** Every route of /v2, with the permission that it needs. */
const routes: readonly (readonly [string, string, Permission])[] = [
  ['POST', '/studies', 'write'], ['PUT', '/studies', 'write'], ['POST', `/studies/${study}`, 'write'], ['PUT', `/studies/${study}`, 'write'],
  ['GET', '/studies', 'read'], ['GET', '/series', 'read'], ['GET', '/instances', 'read'], ['GET', `/studies/${study}/series`, 'read'], ['GET', `/studies/${study}/instances`, 'read'], ['GET', `/studies/${study}/series/${series}/instances`, 'read'],
  ['GET', `/studies/${study}`, 'read'], ['GET', `/studies/${study}/metadata`, 'read'], ['GET', `/studies/${study}/series/${series}`, 'read'], ['GET', `/studies/${study}/series/${series}/metadata`, 'read'],
  ['GET', instance, 'read'], ['GET', `${instance}/metadata`, 'read'], ['GET', `${instance}/frames/1`, 'read'],
  ['DELETE', `/studies/${study}1`, 'delete'], ['DELETE', `/studies/${study}/series/${series}1`, 'delete'], ['DELETE', `/studies/${study}/series/${series}/instances/1`, 'delete'],
  ['GET', '/changefeed', 'read'], ['GET', '/changefeed/latest', 'read'], ['GET', '/changefeed/journal', 'read'], ['GET', '/partitions', 'read'],
];
const statusOf = async (method: string, path: string, headers: Record<string, string> = {}): Promise<number> => (await call(`${v2}${path}`, { method, headers })).status;

describe('Access with API keys', () => {
  it.each(routes)('given %s %s without a key, then 401 with a challenge', async (method, path) => {
    const { status, headers, body } = await call(`${v2}${path}`, { method });
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(body.toString()).not.toContain('iso_');
  });

  it.each(routes)('given %s %s and a key without the permission, then 403; with it, then neither', async (method, path, permission) => {
    for (const other of ['read', 'write', 'delete'].filter((name) => name !== permission)) expect(await statusOf(method, path, as(`only-${other}`))).toBe(403);
    expect([401, 403]).not.toContain(await statusOf(method, path, as(`only-${permission}`)));
  });

  it.each(['Bearer iso_wrong', 'iso_wrong', 'Basic eDp5', 'Bearer', ' ', `Bearer ${entry('all', []).sha256}`])('given Authorization "%s", then 401', async (authorization) => {
    expect(await statusOf('GET', '/studies', { authorization })).toBe(401);
  });

  it.each([`Bearer ${keyOf('only-read')}`, `bearer ${keyOf('only-read')}`, keyOf('only-read')])('given the key as "%s", then 200', async (authorization) => {
    expect(await statusOf('GET', '/studies', { authorization })).toBe(200);
  });

  it('given a key of one partition, then others and what holds all partitions are 403', async () => {
    expect(await statusOf('GET', '/partitions/clinic/studies', as('clinic'))).toBe(200);
    expect(await statusOf('GET', '/studies', as('clinic'))).toBe(403);
    expect(await statusOf('GET', '/partitions/other/studies', as('clinic'))).toBe(403);
    expect(await statusOf('GET', '/partitions/CLINIC/studies', as('clinic'))).toBe(403);
    for (const path of ['/changefeed', '/changefeed/latest', '/changefeed/stream', '/changefeed/journal', '/partitions']) expect([path, await statusOf('GET', path, as('clinic'))]).toEqual([path, 403]);
    expect((await store(v2, [smallInstance(identityOf('refused'))], { headers: as('clinic') })).status).toBe(403);
  });

  it('given headers by which gateway and services speak, then they count for nothing', async () => {
    const context = JSON.stringify({ requestId: 'x', dialect: 'azure-v2', partition: 'Microsoft.Default', partitionInPath: false, baseUrl: v2, principal: { name: 'x', permissions: ['read', 'write', 'delete', 'admin'], partitions: ['*'] } });
    expect(await statusOf('GET', '/studies', { 'x-isocenter-context': context, 'x-isocenter-secret': 'x' })).toBe(401);
    expect(await statusOf('GET', '/studies', { 'x-isocenter-context': context, 'x-isocenter-secret': 'x', ...as('only-write') })).toBe(403);
  });

  it('given an upload that is refused, then nothing of it is stored', async () => {
    const of = identityOf('refused upload');
    expect((await store(v2, [smallInstance(of)])).status).toBe(401);
    expect((await store(v2, [smallInstance(of)], { headers: as('only-read') })).status).toBe(403);
    expect(await statusOf('GET', instancePath(of), as('only-read'))).toBe(404);
  });

  it('given the API documents and the page that shows them, then no key is needed', async () => {
    for (const path of ['/v2/api.yaml', '/v1/api.yaml', '/dicom-web/api.yaml', '/docs', '/docs/swagger-ui-bundle.js']) expect([path, (await call(`${archive.baseUrl}${path}`)).status]).toEqual([path, 200]);
  });

  it('given the viewer, then no key is needed for it, and what it asks needs one', async () => {
    for (const path of ['/viewer/', '/viewer/app-config.js']) expect([path, (await call(`${archive.baseUrl}${path}`)).status]).toEqual([path, 200]);
    expect((await call(`${archive.baseUrl}/dicom-web/studies`)).status).toBe(401);
  });

  it('given health pages and preflights, then no key is needed', async () => {
    for (const page of ['live', 'ready', 'check']) expect((await call(`${archive.baseUrl}/health/${page}`)).status).toBe(200);
    expect(await statusOf('OPTIONS', '/studies')).toBe(204);
  });

  it('given a key that is taken out of the file and one that is put in, then a restart is not needed', async () => {
    const changed = [...keys.filter(({ name }) => name !== 'only-delete'), entry('added', ['read'])];
    await writeFile(join(folder, 'new.json'), JSON.stringify({ keys: changed }));
    await rename(join(folder, 'new.json'), join(folder, 'keys.json'));
    while ((await statusOf('GET', '/studies', as('added'))) !== 200);
    expect(await statusOf('DELETE', `/studies/${study}1`, as('only-delete'))).toBe(401);
  });
});

describe('Access without keys', () => {
  it('given another address than loopback, then the process refuses to start and says what mends it', async () => {
    await expect(startArchive({ env: { HOST: '0.0.0.0' } })).rejects.toThrow(/API_KEYS_FILE/);
  });

  it('given a keys file that is none, then the process refuses to start and names it', async () => {
    await writeFile(join(folder, 'broken.json'), '{');
    await expect(startArchive({ env: { API_KEYS_FILE: join(folder, 'broken.json') } })).rejects.toThrow(/API_KEYS_FILE/);
  });

  it('given a page of another site in a browser of this machine, then it is refused, and one of this machine is served', async () => {
    const local = await startArchive();
    try {
      const statusFor = async (headers: Record<string, string>): Promise<number> => (await call(`${local.baseUrl}/dicom-web/studies`, { headers })).status;
      expect(await statusFor({ origin: 'https://elsewhere.example' })).toBe(403);
      expect(await statusFor({ host: 'rebound.example' })).toBe(403);
      expect(await statusFor({ origin: 'http://localhost:3000' })).toBe(200);
    } finally {
      await local.end();
    }
  });
});
