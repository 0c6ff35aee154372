import { type JsonDataset } from '../support/dicomweb-client.js';
import { call, type Answer, type Body } from '../support/http-call.js';
import { storeBody, storeContentType } from '../support/multipart.js';

export interface StoreRequest {
  readonly method?: 'POST' | 'PUT';
  /** Behind the root. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One item of FailedSOPSequence or ReferencedSOPSequence. */
export interface StoredItem {
  readonly sopClassUid: unknown;
  readonly sopInstanceUid: unknown;
  readonly retrieveUrl: unknown;
  readonly failureReason: unknown;
  readonly warningReason: unknown;
  /** Texts of FailedAttributesSequence; undefined when there is no such sequence. */
  readonly comments: readonly unknown[] | undefined;
}

export interface StoreResult {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly text: string;
  readonly retrieveUrl: unknown;
  readonly failed: readonly StoredItem[];
  readonly stored: readonly StoredItem[];
}

/** STOW-RS of whole files as multipart/related. */
export const store = (root: string, instances: readonly Buffer[], request: StoreRequest = {}): Promise<StoreResult> =>
  send(root, Buffer.concat(storeBody(instances.map((bytes) => [bytes]))), storeContentType, request);

/** STOW-RS of a body as it is. */
export const send = async (root: string, body: Body | undefined, contentType: string | undefined, { method = 'POST', path = '/studies', headers = {} }: StoreRequest = {}): Promise<StoreResult> => {
  const answer = await call(`${root}${path}`, {
    method, headers: { accept: 'application/dicom+json', ...(contentType === undefined ? {} : { 'content-type': contentType }), ...headers }, ...(body === undefined ? {} : { body }),
  });
  return resultOf(answer);
};

export const resultOf = ({ status, headers, body }: Answer): StoreResult => {
  const text = body.toString('utf8');
  const dataset = headers['content-type']?.startsWith('application/dicom+json') ? (JSON.parse(text) as JsonDataset) : {};
  const items = (tag: string): StoredItem[] => ((dataset[tag]?.Value ?? []) as JsonDataset[]).map(itemOf);
  return { status, headers, text, retrieveUrl: first(dataset, '00081190'), failed: items('00081198'), stored: items('00081199') };
};

const itemOf = (item: JsonDataset): StoredItem => {
  const attributes = item['00741048'];
  return {
    sopClassUid: first(item, '00081150'), sopInstanceUid: first(item, '00081155'), retrieveUrl: first(item, '00081190'),
    failureReason: first(item, '00081197'), warningReason: first(item, '00081196'),
    comments: attributes && ((attributes.Value ?? []) as JsonDataset[]).map((comment) => first(comment, '00000902')),
  };
};

const first = (dataset: JsonDataset, tag: string): unknown => dataset[tag]?.Value?.[0];

/** Stores what a test presupposes. */
export const given = async (root: string, instances: readonly Buffer[], request: StoreRequest = {}): Promise<void> => {
  const { status, text, failed } = await store(root, instances, request);
  if (failed.length > 0 || (status !== 200 && status !== 202)) throw new Error(`What the test presupposes was not stored: ${status} ${text}`);
};
