import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

export interface Signing {
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** What is signed of a request: the path with its query as it is sent, whose parameters are in the order of their names, and all of these headers. */
export interface Signable {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const sign = (key: KeyObject | Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Keys are good for a day; making one costs more than all else of a signature. */
let known: { readonly day: string; readonly signing: Signing; readonly key: KeyObject } | undefined;

const keyOf = (day: string, signing: Signing): KeyObject => {
  if (known?.day === day && known.signing === signing) return known.key;
  const key = createSecretKey([day, signing.region, 's3', 'aws4_request'].reduce<Buffer | string>(sign, `AWS4${signing.secretKey}`) as Buffer);
  known = { day, signing, key };
  return key;
};

/**
 * The value of `authorization` by AWS Signature Version 4.
 * @param time of the request as in `x-amz-date`, `20130524T000000Z`.
 * @param payload as in `x-amz-content-sha256`.
 */
export const signatureOf = ({ method, path, headers }: Signable, signing: Signing, time: string, payload: string): string => {
  const day = time.slice(0, 8);
  const scope = `${day}/${signing.region}/s3/aws4_request`;
  const names = Object.keys(headers).sort();
  const query = path.indexOf('?');
  const canonical = [
    method, query < 0 ? path : path.slice(0, query), query < 0 ? '' : path.slice(query + 1),
    ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), payload,
  ].join('\n');
  const text = `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash('sha256', canonical)}`;
  return `AWS4-HMAC-SHA256 Credential=${signing.accessKey}/${scope}, SignedHeaders=${names.join(';')}, Signature=${sign(keyOf(day, signing), text).toString('hex')}`;
};
