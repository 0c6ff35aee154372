import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openViewer } from './viewer.js';

/** A build of our own, so that it can be broken. */
let folder: string;
let server: Server;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isocenter-viewer-'));
  const viewer = openViewer('ohif', folder);
  server = createServer((request, response) => void viewer(request, response).catch((error: unknown) => response.writeHead((error as { status?: number }).status ?? 500).end()));
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const build = (): void => {
  mkdirSync(join(folder, 'dist/ort'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"version":"1.0.0"}');
  writeFileSync(join(folder, 'dist/index.html'), '<html></html>');
  writeFileSync(join(folder, 'dist/app.js'), 'first;'.repeat(100));
  writeFileSync(join(folder, 'dist/ort/ort.wasm'), 'network');
};
const ask = async (name: string, encoding: string): Promise<[number, string | null, string]> => {
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/viewer/${name}`, { headers: { 'accept-encoding': encoding } });
  return [answer.status, answer.headers.get('content-encoding'), await answer.text()];
};
const first = 'first;'.repeat(100);

it('given that the build could not be read, then it is read for the next who asks', async () => {
  expect((await ask('app.js', 'gzip'))[0]).toBe(500);
  build();
  expect(await ask('app.js', 'gzip')).toEqual([200, 'gzip', first]);
});

it.each(['identity', 'gzip'])('given that a file could not be read, when %s is taken, then it is read for the next who asks', async (encoding) => {
  build();
  await ask('', 'identity');
  rmSync(join(folder, 'dist/app.js'));
  expect((await ask('app.js', encoding))[0]).toBe(500);
  build();
  expect(await ask('app.js', encoding)).toEqual([200, encoding === 'gzip' ? 'gzip' : null, first]);
});

it.each(['gzip', 'zstd'])('given a file that was compressed by %s, then it is not compressed again', async (encoding) => {
  build();
  expect(await ask('app.js', encoding)).toEqual([200, encoding, first]);
  writeFileSync(join(folder, 'dist/app.js'), 'other;'.repeat(100));
  expect(await ask('app.js', encoding)).toEqual([200, encoding, first]);
});

it('given a network, then 404: its weights would come from elsewhere', async () => {
  build();
  expect((await ask('ort/ort.wasm', 'gzip'))[0]).toBe(404);
});
