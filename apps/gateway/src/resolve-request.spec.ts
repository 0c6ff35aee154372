import { Forbidden, NotFound, BadRequest, MethodNotAllowed, Unauthorized, routes, type Principal } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { locate, methodsAt, resolveRequest, supportedVersionsAt } from './resolve-request.js';

const everyone: Principal = { name: 'engine', permissions: ['read', 'write', 'delete', 'admin'], partitions: ['*'] };

function request(method: string, url: string, headers: Record<string, string> = {}): IncomingMessage {
  return { method, url, headers: { host: 'pacs.example:8080', ...headers }, socket: { localAddress: '127.0.0.1', localPort: 8080 } } as unknown as IncomingMessage;
}

const resolve = (method: string, url: string, principal: Principal = everyone, headers?: Record<string, string>) => resolveRequest(request(method, url, headers), 'id-1', () => principal);

describe('locate', () => {
  it.each([
    ['/v2/studies', 'azure-v2', 'Microsoft.Default', '/v2', '/studies'],
    ['/V2/studies', 'azure-v2', 'Microsoft.Default', '/V2', '/studies'],
    ['/v1/changefeed', 'azure-v1', 'Microsoft.Default', '/v1', '/changefeed'],
    ['/dicom-web/series', 'dicom-web', 'Microsoft.Default', '/dicom-web', '/series'],
    ['/v2/partitions/clinic-1/studies/1.2', 'azure-v2', 'clinic-1', '/v2/partitions/clinic-1', '/studies/1.2'],
    ['/v2/Partitions/a%2Db/studies', 'azure-v2', 'a-b', '/v2/Partitions/a%2Db', '/studies'],
    ['/v2/partitions', 'azure-v2', 'Microsoft.Default', '/v2', '/partitions'],
  ])('given %s, then the dialect is %s, the partition %s, the prefix %s, the rest %s', (path, dialect, partition, prefix, rest) => {
    expect(locate(path)).toMatchObject({ dialect, partition, prefix, rest });
  });

  it.each(['/', '/studies', '/v3/studies', ''])('given %s, then there is no such root', (path) => {
    expect(() => locate(path)).toThrow(NotFound);
  });

  it.each(['/v2/partitions/a%2Fb/studies', `/v2/partitions/${'x'.repeat(65)}/studies`, '/v2/partitions/a b/studies'])('given the partition of %s, then it is refused', (path) => {
    expect(() => locate(path)).toThrow(BadRequest);
  });
});

describe('resolveRequest', () => {
  it('given a path in any letter case, then the service gets it as its router knows it, with the query', () => {
    const { route, url } = resolve('GET', '/v2/STUDIES/1.2.A/Metadata?accept=x');
    expect([route.service, url]).toEqual(['retrieve', '/studies/1.2.A/metadata?accept=x']);
  });

  it('given forwarding headers and a partition, then the base URL is the one that the client used', () => {
    const { context } = resolve('GET', '/v2/partitions/p/studies', everyone, { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'pacs.example.org' });
    expect(context).toMatchObject({ baseUrl: 'https://pacs.example.org/v2/partitions/p', partition: 'p', partitionInPath: true, apiVersion: 'v2' });
  });

  it('I9: given any route, when the permission is missing, then it is refused', () => {
    for (const { method, path, permission, dialects } of routes) {
      const url = `${dialects.includes('azure-v2') ? '/v2' : '/dicom-web'}${path.replace(/:\w+/g, '1.2').replace('*', 'x')}`;
      const others = everyone.permissions.filter((one) => one !== permission);
      expect(() => resolve(method, url, { ...everyone, permissions: others })).toThrow(Forbidden);
      expect(resolve(method, url).route.path).toBe(path);
    }
  });

  it('given a key of one partition, then it reads there and neither elsewhere nor what holds all partitions', () => {
    const one: Principal = { ...everyone, partitions: ['p'] };
    expect(resolve('GET', '/v2/partitions/p/studies', one).context.partition).toBe('p');
    expect(() => resolve('GET', '/v2/studies', one)).toThrow(Forbidden);
    expect(() => resolve('GET', '/v2/changefeed', one)).toThrow(Forbidden);
  });

  it('given what is not partitioned below a partition, then there is nothing', () => {
    expect(() => resolve('GET', '/v2/partitions/p/changefeed')).toThrow(NotFound);
  });

  it('given another method, then the allowed ones are told, but only to who is known', () => {
    expect(() => resolve('PATCH', '/v2/studies')).toThrow(MethodNotAllowed);
    expect(() => resolveRequest(request('PATCH', '/v2/studies'), 'id-1', () => { throw new Unauthorized('no key'); })).toThrow(Unauthorized);
    expect(methodsAt('/v2/studies?x=1')).toEqual(['POST', 'PUT', 'GET', 'HEAD']);
  });

  it.each(['?PatientID=%', '?PatientID=%E', '?a=1&PatientID=M%FCller', '?%FF=1'])('given the query %s, which is not encoded as UTF-8, then it is refused by the name of the parameter', (query) => {
    expect(() => resolve('GET', `/v2/studies${query}`)).toThrow(BadRequest);
    expect(() => resolve('GET', `/v2/studies${query}`)).toThrow(query.includes('PatientID') ? /'PatientID'/ : /'%FF'/);
  });

  it('given a query that is encoded, then it is handed on as it is', () => {
    expect(resolve('GET', '/v2/studies?PatientName=M%C3%BCller&x=100%25').url).toBe('/studies?PatientName=M%C3%BCller&x=100%25');
  });
});

describe('supportedVersionsAt', () => {
  it.each([['/v2/studies', '1, 2'], ['/V1', '1, 2'], ['/v2?x', '1, 2'], ['/dicom-web/studies', undefined], ['/', undefined], ['*', undefined], ['', undefined]])('given %s, then %s', (path, versions) => {
    expect(supportedVersionsAt(path)).toBe(versions);
  });
});
