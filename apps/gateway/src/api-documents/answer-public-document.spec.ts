import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ForwardingGateway } from '../../test/forwarding-gateway.js';
import { docsPage, docsPolicy } from './docs-page.js';
import { publicDocuments } from './public-documents.js';

describe('public documents', () => {
  let gateway: ForwardingGateway;
  beforeAll(async () => {
    gateway = await ForwardingGateway.start([]);
  });
  afterAll(() => gateway.stop());
  const ask = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`http://127.0.0.1:${gateway.port}${path}`, init);

  it.each([...publicDocuments.keys()])('given %s, then 200 with its type and an ETag, which is then answered 304', async (path) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('x-content-type-options')]).toEqual([200, publicDocuments.get(path)!.contentType, 'nosniff']);
    expect((await answer.text()).length).toBeGreaterThan(0);
    const etag = answer.headers.get('etag')!;
    expect((await ask(path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    expect((await ask(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('given another letter case, HEAD or another method, then it is the same document, its head, 405', async () => {
    expect((await ask('/V2/API.yaml')).status).toBe(200);
    const head = await ask('/v2/api.yaml', { method: 'HEAD' });
    expect([head.status, await head.text(), Number(head.headers.get('content-length')) > 0]).toEqual([200, '', true]);
    const refused = await ask('/v2/api.yaml', { method: 'POST' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    expect((await ask('/v2/api.yaml', { method: 'OPTIONS' })).status).toBe(204);
  });

  it('given the page, then all that it loads is a document of this server, nothing stands inline, and its policy says so', async () => {
    expect((await ask('/docs')).headers.get('content-security-policy')).toBe(docsPolicy);
    expect(docsPolicy).not.toMatch(/unsafe|https?:|\*/);
    const loaded = [...docsPage.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!).filter((address) => address !== 'data:,').map((address) => `/${address.replace(/\?.*/, '')}`);
    expect(loaded.length).toBeGreaterThan(4);
    expect(loaded.filter((path) => !publicDocuments.has(path))).toEqual([]);
    expect(docsPage).not.toMatch(/<script>|<style|style=|https?:/);
  });

  it('given a path that is none of them, then it is not answered here', async () => {
    for (const path of ['/docs/package.json', '/docs/../package.json', '/v3/api.yaml', '/api.yaml']) expect([path, (await ask(path)).status]).toEqual([path, 404]);
  });
});
