import { describe, expect, it } from '@jest/globals';
import { endpointOf, signRequest } from './sign-request.js';

const options = { endpoint: 'https://s3.eu-central-1.amazonaws.com', region: 'eu-central-1', accessKey: 'key', secretKey: 'secret', bucket: 'images' };

describe('a signed request', () => {
  it('given the bucket in the path, then host and path say so, and each character of a key is itself', () => {
    const { method, host, port, path, headers } = signRequest({ method: 'GET', key: 'a/%41~b_c.dcm' }, endpointOf(options), options);
    expect({ method, host, port, path }).toEqual({ method: 'GET', host: 's3.eu-central-1.amazonaws.com', port: '', path: '/images/a/%2541~b_c.dcm' });
    expect(headers).toMatchObject({ host: 's3.eu-central-1.amazonaws.com', 'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/) });
    expect(headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=key\/\d{8}\/eu-central-1\/s3\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/);
  });

  it('given the bucket before the host, then the path is the key alone', () => {
    const virtual = { ...options, endpoint: 'http://minio:9000', pathStyle: false };
    expect(signRequest({ method: 'GET', key: 'a/b' }, endpointOf(virtual), virtual)).toMatchObject({ host: 'images.minio', port: '9000', path: '/a/b', headers: { host: 'images.minio:9000' } });
    expect(signRequest({ method: 'HEAD' }, endpointOf(virtual), virtual).path).toBe('/');
  });

  it('given an IPv6 address, then it is without brackets where it is connected to', () => {
    const local = { ...options, endpoint: 'http://[::1]:9000' };
    expect(signRequest({ method: 'HEAD' }, endpointOf(local), local)).toMatchObject({ host: '::1', port: '9000', path: '/images/', headers: { host: '[::1]:9000' } });
  });

  it('given conditions, checksums and a body, then they are signed, and the length is that of all chunks', () => {
    const call = { method: 'PUT', key: 'a', headers: { 'if-none-match': '*', 'x-amz-checksum-crc32': 'AAAAAA==' }, body: [Buffer.alloc(3), Buffer.alloc(4)] } as const;
    const { headers } = signRequest(call, endpointOf(options), options);
    expect(headers['content-length']).toBe('7');
    expect(headers['authorization']).toContain('SignedHeaders=host;if-none-match;x-amz-checksum-crc32;x-amz-content-sha256;x-amz-date');
  });

  it('given a query, then it is encoded as the signature has it', () => {
    expect(signRequest({ method: 'GET', query: { 'list-type': '2', prefix: "a/%41 (ü)'*" } }, endpointOf(options), options).path).toBe('/images/?list-type=2&prefix=a%2F%2541%20%28%C3%BC%29%27%2A');
  });
});
