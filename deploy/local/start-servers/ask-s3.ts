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

/** Keys of all objects of the bucket, in order. */
export async function listKeys(access: S3Access, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const url = new URL(`${access.endpoint}/${bucket}`);
    // In the order of their names, as they are signed.
    url.search = new URLSearchParams({ 'encoding-type': 'url', 'list-type': '2', 'start-after': keys.at(-1) ?? '' }).toString();
    const response = await fetch(url, { headers: sign('GET', url, access, new Date()), signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`The bucket ${bucket} could not be listed: ${response.status} ${text.slice(0, 300)}`);
    keys.push(...[...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => decodeURIComponent(key!)));
    if (!text.includes('<IsTruncated>true</IsTruncated>')) return keys;
  }
}

/** Headers of an S3 request, without body unless `payload` is its SHA-256 or `UNSIGNED-PAYLOAD`, by AWS Signature Version 4; the query's parameters are in the order of their names. */
export function sign(method: string, url: URL, { region, accessKey, secretKey }: S3Access, at: Date, payload = sha256('')): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/s3/aws4_request`;
  const headers = { 'x-amz-content-sha256': payload, 'x-amz-date': time };
  const names = 'host;x-amz-content-sha256;x-amz-date';
  const canonical = [method, url.pathname, url.search.slice(1), `host:${url.host}`, ...Object.entries(headers).map(([name, value]) => `${name}:${value}`), '', names, headers['x-amz-content-sha256']].join('\n');
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>((key, part) => hmac(key, part), `AWS4${secretKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  return { ...headers, authorization: `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${names}, Signature=${signature}` };
}
