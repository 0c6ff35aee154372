import { ObjectStoreSettingsError } from '../object-store-errors.js';
import type { S3Options } from './s3-options.js';
import { signatureOf } from './signature.js';

export interface S3Call {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** The bucket itself when absent. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as they are, without gathering them. */
  readonly body?: readonly Buffer[];
  /** Sent once more when the connection breaks before there is an answer, or the server has too much to do. */
  readonly repeatable?: boolean;
  readonly idleTimeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface SignedRequest {
  readonly method: string;
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** Bytes have a checksum of their own, which is signed: SHA-256 costs both sides three times what CRC-32 does. */
const payload = 'UNSIGNED-PAYLOAD';

/** Signed in a header. */
export const signRequest = ({ method, key, query = {}, headers, body }: S3Call, endpoint: URL, options: S3Options): SignedRequest => {
  const { bucket, pathStyle = true } = options;
  const before = pathStyle ? '' : `${bucket}.`;
  const path = `${pathStyle ? `/${bucket}` : ''}/${key === undefined ? '' : key.split('/').map(encode).join('/')}`;
  const search = Object.entries(query).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => `${name}=${encode(value)}`).join('&');
  const target = search === '' ? path : `${path}?${search}`;
  const time = new Date().toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const signed: Record<string, string> = { ...headers, host: before + endpoint.host, 'x-amz-date': time, 'x-amz-content-sha256': payload };
  return {
    method,
    protocol: endpoint.protocol,
    // An IPv6 address stands in brackets.
    host: before + endpoint.hostname.replaceAll(/[[\]]/g, ''),
    port: endpoint.port,
    path: target,
    headers: {
      ...signed,
      authorization: signatureOf({ method, path: target, headers: signed }, options, time, payload),
      ...(body && { 'content-length': String(body.reduce((sum, { length }) => sum + length, 0)) }),
    },
  };
};

/** RFC 3986, as signatures have it: `encodeURIComponent` leaves five more characters as they are. */
const encode = (text: string): string => encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export const endpointOf = ({ endpoint }: S3Options): URL => {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.username === '') return url;
  throw new ObjectStoreSettingsError('The endpoint of S3 is an address such as http://minio:9000 or https://s3.eu-central-1.amazonaws.com, without a path or a password.');
};
