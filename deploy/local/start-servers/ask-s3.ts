import { createHash, createHmac } from 'node:crypto';

export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Creates the bucket unless it is there; false while the server does not take writes. */
export async function ensureBucket(access: S3Access, bucket: string): Promise<boolean> {
  const url = `${access.endpoint}/${bucket}`;
  const response = await fetch(url, { method: 'PUT', headers: sign('PUT', new URL(url), access, new Date()), signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  if (response.ok || text.includes('BucketAlreadyOwnedByYou')) return true;
  if (response.status >= 500) return false;
  throw new Error(`The bucket ${bucket} could not be created: ${response.status} ${text.slice(0, 300)}`);
}

/** Headers of an S3 request without body and query, by AWS Signature Version 4. */
export function sign(method: string, url: URL, { region, accessKey, secretKey }: S3Access, at: Date): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const headers = { 'x-amz-content-sha256': sha256(''), 'x-amz-date': time };
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [method, url.pathname, '', `host:${url.host}`, ...Object.entries(headers).map(([name, value]) => `${name}:${value}`), '', names, headers['x-amz-content-sha256']].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}
