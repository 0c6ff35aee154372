import { describe, expect, it } from '@jest/globals';
import { signV4 } from 'minio/dist/esm/signing.mjs';
import { signatureOf, type Signable } from './signature.js';

const signing = { region: 'us-east-1', accessKey: 'AKIAIOSFODNN7EXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const unsigned = 'UNSIGNED-PAYLOAD';

describe('signatureOf', () => {
  it('given the example of the documentation of S3 ("GET Object"), then the signature is that of the example', () => {
    const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const headers = { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9', 'x-amz-content-sha256': empty, 'x-amz-date': '20130524T000000Z' };
    expect(signatureOf({ method: 'GET', path: '/test.txt', headers }, signing, '20130524T000000Z', empty)).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  const requests: readonly Omit<Signable, 'headers'>[] = [
    { method: 'GET', path: '/bucket/a/%2541~b_c.dcm' },
    { method: 'PUT', path: '/bucket/a?partNumber=2&uploadId=a%2Bb' },
    { method: 'POST', path: '/bucket/a?uploads=' },
    { method: 'HEAD', path: '/bucket/' },
  ];
  it.each(requests)('given $method $path on several days and with several keys, then it is the signature of the client of MinIO', ({ method, path }) => {
    for (const secretKey of ['one', 'other', 'one']) {
      for (const time of ['20261121T235959Z', '20261122T000000Z']) {
        const headers = { host: 'minio:9000', 'if-none-match': '*', 'x-amz-content-sha256': unsigned, 'x-amz-date': time };
        const date = new Date(time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'));
        const theirs = signV4({ method, path, headers, protocol: 'http:' }, signing.accessKey, secretKey, signing.region, date, unsigned);
        expect(signatureOf({ method, path, headers }, { ...signing, secretKey }, time, unsigned)).toBe(theirs);
      }
    }
  });
});
