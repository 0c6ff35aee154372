import { execFileSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { apps, settingsOf } from '@isocenter/config';
import { findPort } from '../local/start-servers/find-port.js';
import { workspace } from '../local/workspace.js';
import { runContainer, type Container } from './container.js';
import { makeImageFolder, type ImageFolder } from './image-folder.js';

const INSTALL_MS = 600_000;
let image: ImageFolder;

beforeAll(async () => {
  image = await makeImageFolder();
}, INSTALL_MS);

afterAll(() => image?.remove());

test('given the image, then it has neither a Node of its own nor what is needed to build and test', () => {
  const inside = (path: string): boolean => existsSync(join(image.root, 'app', path));
  expect(globSync('node_modules/{node-linux-*,typescript*,jest,nx,.bin/node}', { cwd: join(image.root, 'app') })).toEqual([]);
  expect(['node_modules/@nestjs/core', 'node_modules/kafkajs', 'node_modules/mongoose', 'node_modules/swagger-ui-dist'].filter((path) => !inside(path))).toEqual([]);
  expect(globSync('{apps,libs}/*/{src,test}', { cwd: join(image.root, 'app') })).toEqual([]);
});

test('given the image alone, then it makes an API key', () => {
  const made = execFileSync(process.execPath, ['libs/auth/dist/make-key.js', '--name', 'engine-1', '--permissions', 'read,write'], { cwd: join(image.root, 'app'), encoding: 'utf8' });
  expect(made).toMatch(/API_KEYS_FILE[^]*"name": "engine-1"[^]*"sha256"/);
});

describe('standalone', () => {
  let container: Container;
  let address: string;
  const healthAt = { PORT: '' };

  beforeAll(async () => {
    const port = await findPort();
    address = `http://127.0.0.1:${port}`;
    healthAt.PORT = String(port);
    // On the loopback address no keys are needed.
    container = runContainer(image, 'standalone', { ...healthAt, HOST: '127.0.0.1', METRICS_PORT: '0' });
    await container.untilOk(`${address}/health/ready`);
  });

  test('given it runs as the user of the image, when an instance is stored, then it is found', async () => {
    const stored = await fetch(`${address}/dicom-web/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: await readFile(join(workspace, 'libs/dicom/test/fixtures/charset/utf8.dcm')) });
    expect(stored.status).toBe(200);
    const found = await fetch(`${address}/dicom-web/instances`);
    expect(await found.json()).toHaveLength(1);
  });

  test('given an image in JPEG 2000, then codecs and pictures are in the image', async () => {
    const stored = await fetch(`${address}/dicom-web/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: await readFile(join(workspace, 'libs/imaging/test/fixtures/j2k-90/u8.dcm')) });
    const { '00081199': { Value: [reference] } } = (await stored.json()) as { '00081199': { Value: [{ '00081190': { Value: [string] } }] } };
    for (const [path, accept] of [['/rendered', 'image/jpeg'], ['/rendered', 'image/png'], ['', 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1']] as const) {
      const answer = await fetch(`${reference['00081190'].Value[0]}${path}`, { headers: { accept } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, accept]);
      await answer.arrayBuffer();
    }
  });

  test('given the page of the API documents, then all that it loads is in the image', async () => {
    for (const path of ['/v2/api.yaml', '/docs', '/docs/page.js', '/docs/page.css', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js']) expect([path, (await fetch(`${address}${path}`)).status]).toEqual([path, 200]);
  });

  test('given the viewer, then it is in the image, without its maps and what would need other servers', async () => {
    const page = await fetch(`${address}/viewer/`);
    const [, script] = /<script defer src="\.\/([^"]+)"/.exec(await page.text())!;
    for (const path of ['/viewer/app-config.js', `/viewer/${script}`]) expect([path, (await fetch(`${address}${path}`, { method: 'HEAD' })).status]).toEqual([path, 200]);
    expect(globSync('node_modules/@ohif/app/dist/{ort,**/*.map}', { cwd: join(image.root, 'app') })).toEqual([]);
  });

  test('given it runs, then the health check of the image says so, and no longer when it has stopped', async () => {
    expect(await container.checkHealth()).toBe(0);
    const { code } = await container.stop();
    expect(code).toBe(0);
    expect(await container.checkHealth()).toBe(1);
  });

  test('given it was stopped, then it wrote to its volume only', () => {
    expect(existsSync(join(image.volume, 'isocenter.db'))).toBe(true);
    expect(globSync('**/isocenter.db*', { cwd: image.root })).toEqual([]);
  });
});

test('given standalone with the address that the image sets, when it has no keys, then it does not start and names the settings', async () => {
  const { code, output } = await runContainer(image, 'standalone', { METRICS_PORT: '0' }).ended;
  expect([code, output]).toEqual([1, expect.stringMatching(/isocenter did not start[^]*HOST is "0\.0\.0\.0"[^]*API_KEYS_FILE/)]);
});

test.each(apps.filter((app) => app !== 'standalone'))('given %s without settings, then it ends with 1 and one message names all that it needs', async (app) => {
  const { code, output } = await runContainer(image, app, { METRICS_PORT: '0' }).ended;
  expect([code, output]).toEqual([1, expect.stringContaining(`isocenter ${app} did not start`)]);
  const needed = settingsOf(app).filter(([, row]) => row.neededBy.includes(app)).map(([, { name }]) => name);
  expect(needed.filter((name) => !output.includes(`${name} (`))).toEqual([]);
});

describe('migrate', () => {
  test('given no settings, then it ends with 1 and names those of the servers, but not what only a gateway shows', async () => {
    const { code, output } = await runContainer(image, 'ingest', {}, 'migrate').ended;
    expect([code, output]).toEqual([1, expect.stringMatching(/isocenter ingest migrate did not start[^]*KAFKA_BROKERS \([^]*S3_BUCKET \(/)]);
    expect(output).not.toContain('SERVICE_SECRET');
  });

  test('given servers that are away, then it waits, and ends with 1 when it is told to', async () => {
    const nowhere = `127.0.0.1:${await findPort()}`;
    const env = { KAFKA_BROKERS: nowhere, MONGODB_URL: `mongodb://${nowhere}/isocenter`, S3_ENDPOINT: `http://${nowhere}`, S3_ACCESS_KEY: 'x', S3_SECRET_KEY: 'x', S3_BUCKET: 'x' };
    const container = runContainer(image, 'ingest', env, 'migrate');
    await container.untilSaid('is away');
    const { code, output } = await container.stop();
    expect([code, output]).toEqual([1, expect.stringContaining('It was told to end before the servers were there.')]);
  });
});
