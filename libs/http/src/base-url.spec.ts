import { type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { externalBaseUrl } from './base-url.js';

const urlOf = (headers: IncomingHttpHeaders, encrypted = false) => externalBaseUrl({ headers, encrypted, localHost: 'localhost:8080' });

describe('externalBaseUrl', () => {
  it.each<[IncomingHttpHeaders, string]>([
    [{}, 'http://localhost:8080'],
    [{ host: 'archive:8080' }, 'http://archive:8080'],
    [{ host: '[::1]:8080' }, 'http://[::1]:8080'],
    [{ host: 'in', forwarded: 'for=1.2.3.4;host="a.example:8443";proto=https, host=b' }, 'https://a.example:8443'],
    [{ host: 'in', forwarded: 'For="[2001:db8::1]"; Proto=HTTPS' }, 'https://in'],
    [{ host: 'in', 'x-forwarded-host': 'a.example, b', 'x-forwarded-proto': 'https,http', 'x-forwarded-prefix': '/pacs/' }, 'https://a.example/pacs'],
    [{ host: 'in', 'x-forwarded-prefix': '/' }, 'http://in'],
    [{ host: 'in', forwarded: 'host=a', 'x-forwarded-host': 'b' }, 'http://a'],
  ])('given %j, then it is %s', (headers, expected) => {
    expect(urlOf(headers)).toBe(expected);
  });

  it('given a TLS connection and no header, then the scheme is https', () => {
    expect(urlOf({ host: 'a' }, true)).toBe('https://a');
  });

  it.each<IncomingHttpHeaders>([
    { 'x-forwarded-host': 'evil.example/x?' }, { 'x-forwarded-host': 'a"b' }, { forwarded: 'host="a\r\nX: 1"' }, { 'x-forwarded-host': 'user@evil' }, { 'x-forwarded-host': 'a b' },
    { 'x-forwarded-proto': 'javascript' }, { 'x-forwarded-prefix': '//evil.example' }, { 'x-forwarded-prefix': '/a/../b' }, { 'x-forwarded-prefix': '/a"<' }, { forwarded: ';;;=' },
  ])('given the forged %j, then it is passed over', (headers) => {
    expect(urlOf({ host: 'in', ...headers })).toBe('http://in');
  });
});
