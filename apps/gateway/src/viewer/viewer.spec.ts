import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { ForwardingGateway } from '../../test/forwarding-gateway.js';
import { viewerAddress } from './viewer.js';
import { findViewer } from './viewer-files.js';

const dist = join(findViewer() ?? '', 'dist');
const page = readFileSync(join(dist, 'index.html'), 'utf8');
const app = /app\.bundle\.[0-9a-f]{16}\.js/.exec(page)![0];

/** A small one of those that load others. */
const worker = readdirSync(dist).find((name) => /^compute\.bundle\.[0-9a-f]{16}\.js$/.test(name))!;

const started = new Map<string, ForwardingGateway>();
beforeAll(async () => {
  for (const viewer of ['ohif', 'off', 'https://viewer.example/ohif/viewer', 'https://viewer.example/?configUrl=a']) started.set(viewer, await ForwardingGateway.start([], undefined, viewer));
});
afterAll(async () => {
  for (const gateway of started.values()) await gateway.stop();
});
const ask = (path: string, init: RequestInit = {}, viewer = 'ohif'): Promise<Response> => fetch(`http://127.0.0.1:${started.get(viewer)!.port}${path}`, { redirect: 'manual', ...init });
const asIs = { headers: { 'accept-encoding': 'identity' } };

describe('/viewer', () => {
  it.each([
    ['/viewer', 'viewer/'],
    ['/viewer?limit=7', 'viewer/?limit=7'],
    ['/viewer?StudyInstanceUIDs=1.2,1.3', 'viewer/viewer?StudyInstanceUIDs=1.2,1.3'],
    ['/viewer/?studyInstanceUids=1.2&x=%20', 'viewer?studyInstanceUids=1.2&x=%20'],
  ])('given %s, then 302 to %s, relative to where a proxy may have it', async (path, location) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, location]);
  });

  it.each([['/viewer/', './'], ['/viewer/viewer?StudyInstanceUIDs=1.2', './'], ['/viewer/viewer/isocenter', '../']])('given %s, then the page, with addresses relative to it and nothing inline', async (path, up) => {
    const answer = await ask(path);
    const text = await answer.text();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain(`<script defer src="${up}${app}">`);
    expect(text).toContain(`src="${up}app-config.js"`);
    expect(text).not.toMatch(/(?:href|src)="(?:\/|http)|<script>/);
    expect(answer.headers.get('content-security-policy')).not.toMatch(/https?:|\*/);
    expect([answer.headers.get('cross-origin-opener-policy'), answer.headers.get('cross-origin-embedder-policy')]).toEqual(['same-origin', 'require-corp']);
    const etag = answer.headers.get('etag')!;
    expect((await ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  it('given a script, then it is there with its folder in the place of the root, for ever, compressed or not', async () => {
    const plain = await ask(`/viewer/${worker}`, asIs);
    const text = await plain.text();
    expect([plain.status, plain.headers.get('content-type'), plain.headers.get('cache-control'), plain.headers.get('content-encoding')]).toEqual([200, 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable', null]);
    expect(Number(plain.headers.get('content-length'))).toBe(Buffer.byteLength(text));
    expect(text).not.toContain('__webpack_require__.p = "/"');
    expect(text.length - readFileSync(join(dist, worker), 'utf8').length).toBeLessThan(200);
    const etags = new Set([plain.headers.get('etag')]);
    for (const encoding of ['gzip', 'zstd']) {
      const answer = await ask(`/viewer/${worker}`, { headers: { 'accept-encoding': encoding } });
      expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([encoding, 'Accept-Encoding']);
      expect(await answer.text()).toBe(text);
      etags.add(answer.headers.get('etag'));
    }
    expect(etags.size).toBe(3);
    expect((await ask(`/viewer/${worker}`, { headers: { 'accept-encoding': 'gzip', 'if-none-match': [...etags][1]! } })).status).toBe(304);
  });

  it('given a style, then its fonts are beside it; given a picture, then it is not compressed', async () => {
    const style = await (await ask('/viewer/app.bundle.css')).text();
    const [, font] = /url\(([^)]*\.woff2)\)/.exec(style)!;
    expect((await ask(`/viewer/${font}`)).headers.get('content-type')).toBe('font/woff2');
    const picture = await ask('/viewer/assets/favicon-16x16.png', { headers: { 'accept-encoding': 'zstd, gzip' } });
    expect([picture.status, picture.headers.get('content-type'), picture.headers.get('cache-control'), picture.headers.get('content-encoding')]).toEqual([200, 'image/png', 'public, no-cache', null]);
    expect(Buffer.from(await picture.arrayBuffer())).toEqual(readFileSync(join(dist, 'assets/favicon-16x16.png')));
  });

  it('given HEAD, OPTIONS or another method, then the head, what there is, 405', async () => {
    const head = await ask(`/viewer/${app}`, { method: 'HEAD', ...asIs });
    expect([head.status, await head.text(), Number(head.headers.get('content-length')) > 1e6]).toEqual([200, '', true]);
    expect((await ask('/viewer/', { method: 'OPTIONS' })).status).toBe(204);
    const refused = await ask('/viewer/', { method: 'POST' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it.each(['/viewer/gone.js', '/viewer/app-config.js.map', '/viewer/index.html', '/viewer/../package.json', '/viewer/..%2Fpackage.json', '/viewer/assets/../../package.json', '/viewer//etc/hosts.js', '/viewer.js', '/viewers'])('given %s, then 404', async (path) => {
    // As it is written: fetch would resolve the dots.
    const status = await new Promise((resolve, reject) => httpRequest({ host: '127.0.0.1', port: started.get('ohif')!.port, path }, (answer) => resolve(answer.resume().statusCode)).on('error', reject).end());
    expect(status).toBe(404);
  });

  it('given the configuration, then its roots are relative to the script', async () => {
    const text = await (await ask('/viewer/app-config.js')).text();
    const window: { PUBLIC_URL?: string; config?: { routerBasename: string; dataSources: { configuration: { qidoRoot: string } }[] } } = {};
    new Function('window', 'document', text)(window, { currentScript: { src: 'https://archive.example/pacs/viewer/app-config.js' } });
    expect([window.PUBLIC_URL, window.config?.routerBasename, window.config?.dataSources[0]?.configuration.qidoRoot]).toEqual(['/pacs/viewer/', '/pacs/viewer/', 'https://archive.example/pacs/dicom-web']);
  });

  it('given off, then 404 that says so', async () => {
    const answer = await ask('/viewer', {}, 'off');
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining('VIEWER is off')]);
    expect(viewerAddress('off', 'http://a')).toBeUndefined();
  });

  it.each([
    ['https://viewer.example/ohif/viewer', '?StudyInstanceUIDs=1.2', 'https://viewer.example/ohif/viewer?StudyInstanceUIDs=1.2'],
    ['https://viewer.example/ohif/viewer', '', 'https://viewer.example/ohif/viewer'],
    ['https://viewer.example/?configUrl=a', '?StudyInstanceUIDs=1.2', 'https://viewer.example/?configUrl=a&StudyInstanceUIDs=1.2'],
  ])('given the viewer %s, when it is asked for %s, then 302 there with the query', async (viewer, query, location) => {
    const answer = await ask(`/viewer${query}`, {}, viewer);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, location]);
    expect((await ask('/viewer/app-config.js', {}, viewer)).status).toBe(404);
    expect(viewerAddress(viewer, 'http://a')).toBe(viewer);
  });
});
