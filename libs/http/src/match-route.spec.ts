import { describe, expect, it } from '@jest/globals';
import { BadRequest } from './errors/http-errors.js';
import { matchRoute } from './match-route.js';
import { routes } from './routes.js';

const instance = '/studies/1.2/series/3.4/instances/5.6';

describe('matchRoute', () => {
  it.each(routes.flatMap((route) => route.dialects.map((dialect) => [route.method, route.path, dialect, route] as const)))(
    'given %s %s under %s, then it finds that row', (method, template, dialect, route) => {
      const path = template.replace(/:\w+/g, 'x').replace('*', 'a/b');
      expect(matchRoute(method, path, dialect)).toMatchObject({ kind: 'found', route, path });
    });

  it('given parameters, then they are decoded, and the canonical path encodes them again', () => {
    expect(matchRoute('GET', `${instance}/frames/1%2C2,3`, 'azure-v2')).toMatchObject({
      params: { study: '1.2', series: '3.4', instance: '5.6', frames: '1,2,3' }, path: `${instance}/frames/1%2C2%2C3`,
    });
  });

  it('given literals in another letter case, then they match, and parameters keep theirs', () => {
    expect(matchRoute('GET', '/Studies/aB/METADATA', 'azure-v1')).toMatchObject({ params: { study: 'aB' }, path: '/studies/aB/metadata' });
  });

  it('given a rest, then it is one parameter with its slashes', () => {
    expect(matchRoute('GET', `${instance}/bulkdata/7FE00010/0/a%20b`, 'dicom-web')).toMatchObject({ params: { '*': '7FE00010/0/a b' } });
  });

  it('given HEAD, then the route of GET is found', () => {
    expect(matchRoute('HEAD', '/studies', 'azure-v2')).toMatchObject({ kind: 'found', route: { method: 'GET', service: 'index' } });
  });

  it('given one slash at the end, then it is ignored', () => {
    expect(matchRoute('GET', '/studies/', 'azure-v2')).toMatchObject({ kind: 'found', path: '/studies' });
  });

  it.each(['', '/', '//', '/studies//', '/studies//metadata', '/nothing', '/studies/1/nothing', `${instance}/bulkdata`, '/studies/1/series/2/instances/3/frames'])(
    'given the unknown path "%s", then it finds nothing', (path) => {
      expect(matchRoute('GET', path, 'dicom-web')).toEqual({ kind: 'not-found' });
    });

  it('given a path of another dialect, then it finds nothing', () => {
    expect(matchRoute('GET', `${instance}/bulkdata/x`, 'azure-v2').kind).toBe('not-found');
    expect(matchRoute('GET', '/partitions', 'azure-v1').kind).toBe('not-found');
  });

  it.each([['PATCH', '/studies', ['POST', 'PUT', 'GET', 'HEAD']], ['DELETE', '/changefeed', ['GET', 'HEAD']], ['constructor', '/studies/1', ['POST', 'PUT', 'GET', 'HEAD', 'DELETE']]])(
    'given %s on %s, then it says which methods there are', (method, path, allow) => {
      expect(matchRoute(method, path, 'azure-v2')).toEqual({ kind: 'method-not-allowed', allow });
    });

  it.each(['/studies/%', '/studies/%zz', '/studies/%ff'])('given the broken encoding %s, then it is a bad request', (path) => {
    expect(() => matchRoute('GET', path, 'azure-v2')).toThrow(BadRequest);
  });
});

describe('routes', () => {
  it('given any two rows, then method and path differ', () => {
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
  });

  it('given a row, then GET needs read, DELETE needs delete, and what else changes something write; but for what administrators look after, and for an export, which changes nothing', () => {
    const needed = { GET: 'read', DELETE: 'delete', POST: 'write', PUT: 'write', PATCH: 'write' };
    for (const { path, method, permission } of routes) {
      const administered = path.startsWith('/webhooks') || path.startsWith('/check') || path === '/rebuild-index' || path.startsWith('/import') || (method !== 'GET' && /^\/(operations|extendedquerytags)/.test(path));
      expect([path, permission]).toEqual([path, administered ? 'admin' : path === '/export' ? 'read' : needed[method]]);
    }
  });
});

describe('the name of an operation', () => {
  it.each(['/studies/$bulkUpdate', '/Studies/$BULKUPDATE', '/studies/%24bulkUpdate', '/studies/$bulkUpdate/'])('given %s, then its route under v2, and no study elsewhere', (path) => {
    expect(matchRoute('POST', path, 'azure-v2')).toMatchObject({ kind: 'found', route: { path: '/studies/$bulkUpdate' }, path: '/studies/$bulkUpdate' });
    for (const dialect of ['azure-v1', 'dicom-web'] as const) expect(matchRoute('POST', path, dialect)).toEqual({ kind: 'not-found' });
  });
});
