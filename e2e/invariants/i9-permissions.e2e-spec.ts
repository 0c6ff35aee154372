import { routes, type Dialect, type Permission, type Route } from '@isocenter/http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { given } from '../http/store-request.js';
import { open } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { newKey, writeKeys, type ApiKey } from './api-keys.js';

const permissions: readonly Permission[] = ['read', 'write', 'delete', 'admin'];
const roots: Readonly<Record<Dialect, string>> = { 'azure-v1': '/v1', 'azure-v2': '/v2', 'dicom-web': '/dicom-web' };
const there = identityOf('I9');

const everything = newKey('everything', permissions);
const without = Object.fromEntries(permissions.map((missing) => [missing, newKey(`without ${missing}`, permissions.filter((one) => one !== missing))])) as Record<Permission, ApiKey>;
const only = Object.fromEntries(permissions.map((one) => [one, newKey(`only ${one}`, [one])])) as Record<Permission, ApiKey>;
const elsewhere = newKey('elsewhere', permissions, ['elsewhere']);

let folder: string;
let archive: Archive;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-keys-'));
  await writeKeys(join(folder, 'keys.json'), [everything, elsewhere, ...Object.values(without), ...Object.values(only)]);
  archive = await startArchive({ env: { API_KEYS_FILE: join(folder, 'keys.json') } });
  await given(`${archive.baseUrl}/dicom-web`, [smallInstance(there)], { headers: { authorization: everything.authorization } });
});
afterAll(async () => {
  await archive.end();
  await rm(folder, { recursive: true, force: true });
});

/** Of deletes a place where nothing is: the instance stays for the other routes. */
const pathOf = ({ path, method }: Route): string => {
  const uid = (value: string): string => (method === 'DELETE' ? `${value}.9` : value);
  return path.replace(':study', uid(there.studyInstanceUid)).replace(':series', uid(there.seriesInstanceUid)).replace(':instance', uid(there.sopInstanceUid))
    .replace(':frames', '1').replace('*', '7FE00010').replace(/:\w+/g, '1');
};
const cases = routes.flatMap((route) => route.dialects.map((dialect) => ({ route, name: `${route.method} ${roots[dialect]}${route.path}`, path: `${roots[dialect]}${pathOf(route)}`, dialect })));

const ask = async (method: string, path: string, headers: Record<string, string> = {}): Promise<{ status: number; text: string; challenge: string | undefined }> => {
  const response = await open(`${archive.baseUrl}${path}`, { method, headers });
  // A stream of events has no end.
  if (response.headers['content-type']?.startsWith('text/event-stream') === true) {
    response.destroy();
    return { status: response.statusCode ?? 0, text: '', challenge: undefined };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), challenge: response.headers['www-authenticate'] };
};
const as = ({ authorization }: ApiKey): Record<string, string> => ({ authorization });

describe('I9 closed by default: every route of the table', () => {
  it('given the table, then each route names a permission that there is', () => {
    expect(routes.length).toBeGreaterThan(20);
    for (const { permission } of routes) expect(permissions).toContain(permission);
  });

  it.each(cases)('given $name, then 401 without a key, 403 that names the permission with a key that has all others, and neither with a key that has just it', async ({ route, path }) => {
    expect(await ask(route.method, path)).toMatchObject({ status: 401, challenge: 'Bearer' });
    const refused = await ask(route.method, path, as(without[route.permission]));
    expect([refused.status, refused.text]).toEqual([403, expect.stringContaining(`"${route.permission}"`)]);
    expect([401, 403]).not.toContain((await ask(route.method, path, as(only[route.permission]))).status);
  });

  it.each(cases)('given $name and a key for another partition, then 403 here, and in its own place only what belongs to a partition', async ({ route, path, dialect }) => {
    expect((await ask(route.method, path, as(elsewhere))).status).toBe(403);
    if (!route.partitioned) return;
    const inPartition = (name: string): string => path.replace(roots[dialect], `${roots[dialect]}/partitions/${name}`);
    expect((await ask(route.method, inPartition('Microsoft.Default'), as(elsewhere))).status).toBe(403);
    expect([401, 403]).not.toContain((await ask(route.method, inPartition('elsewhere'), as(elsewhere))).status);
  });

  it.each(cases.filter(({ route }) => route.method === 'GET'))('given $name asked with HEAD, then it is as closed as with GET', async ({ route, path }) => {
    expect((await ask('HEAD', path)).status).toBe(401);
    expect((await ask('HEAD', path, as(without[route.permission]))).status).toBe(403);
  });

  it('given other spellings of a path, then the same doors', async () => {
    for (const path of ['/V2/studies', '/v2/STUDIES', '/v2/studies/', '/v2//studies', '/v2/%73tudies', '/v2/./studies', '/health/../v2/studies', '/v2/partitions/Microsoft.Default/../elsewhere/studies', '/dicom-web/studies?x', '//v2/studies', '/v2/studies%2f', '/v2/changefeed/', '/v2/partitions']) {
      expect([path, [401, 404].includes((await ask('GET', path)).status)]).toEqual([path, true]);
    }
  });
});

describe('I9 closed by default: services answer only the gateway', () => {
  const forged = (partition: string): string => JSON.stringify({
    requestId: 'forged', dialect: 'dicom-web', partition, partitionInPath: false, baseUrl: 'http://forged.example/dicom-web', principal: { name: 'forged', permissions, partitions: ['*'] },
  });

  it('given the internal headers sent by a client, then they open nothing and change nothing', async () => {
    const headers = { 'x-isocenter-context': forged('elsewhere'), 'x-isocenter-secret': 'x' };
    expect((await ask('GET', '/dicom-web/studies', headers)).status).toBe(401);
    expect((await ask('GET', '/dicom-web/studies', { ...headers, ...as(only.write) })).status).toBe(403);
    const { status, text } = await ask('GET', '/dicom-web/studies', { ...headers, ...as(only.read) });
    expect([status, text.includes(there.studyInstanceUid), text.includes('forged')]).toEqual([200, true, false]);
  });

  it('given each process, then it listens on loopback at its two ports and nowhere else', async () => {
    const listening = new Map<string, number[]>();
    for (const { name, pid } of archive.processes) {
      const sockets = new Set(await Promise.all((await readdir(`/proc/${pid}/fd`)).map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => ''))));
      const tables = await Promise.all(['tcp', 'tcp6'].map((family) => readFile(`/proc/${pid}/net/${family}`, 'latin1')));
      const lines = tables.flatMap((table) => table.trim().split('\n').slice(1)).map((line) => line.trim().split(/\s+/));
      const own = lines.filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(`socket:[${inode}]`)).map(([, local]) => local!);
      expect(own).toHaveLength(2);
      // 127.0.0.1 as proc(5) writes it.
      for (const address of own) expect(address).toMatch(/^0100007F:/);
      listening.set(name, own.map((address) => Number.parseInt(address.split(':')[1]!, 16)));
    }
    expect(listening.get(archive.front.name)).toContain(Number(new URL(archive.baseUrl).port));
  });
});
