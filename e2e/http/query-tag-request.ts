import { until } from '../invariants/until.js';
import { call, type Answer } from '../support/http-call.js';
import { valuesOf, type SearchResult } from './search-request.js';
import { identityOf } from './small-instance.js';

/** A request about extended query tags; `path` stands behind their collection. */
export const send = (root: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(`${root}/extendedquerytags${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }) });

export const jsonOf = <T = unknown>({ body }: Answer): T => JSON.parse(body.toString()) as T;

/** Waits for the end of an operation. */
export const ended = async (href: string): Promise<{ status: string; percentComplete: number }> => {
  await until('the operation has ended', async () => (await call(href)).status === 200);
  return jsonOf(await call(href));
};

export const sopsOf = ({ found }: SearchResult): unknown[] => valuesOf(found, '00080018');
export const sop = (...words: [string, string?, string?]): string => identityOf(...words).sopInstanceUid;
