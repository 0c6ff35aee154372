/** The archive did not do what was asked; the message says why, in its words or those of the connection. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';

  /** @param status of the answer; undefined when there was none. */
  constructor(message: string, readonly status?: number, options?: ErrorOptions) {
    super(message, options);
  }
}

export interface ArchiveAddress {
  /** Where `/operations` stands below. */
  readonly url: URL;
  readonly key: string | undefined;
}

/** Below `url`, or absolute; a body as JSON. Rejects with RefusedError for any answer that is none of success. */
export async function askArchive({ url, key }: ArchiveAddress, method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Response> {
  const target = /^https?:/.test(path) ? path : `${url.href.replace(/\/$/, '')}${path}`;
  const headers = { ...(key !== undefined && { authorization: `Bearer ${key}` }), ...(body && { 'content-type': 'application/json' }) };
  const response = await fetch(target, { method, headers, ...(body && { body: JSON.stringify(body) }) }).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    throw new RefusedError(`Nobody answers at ${url.host}${code === undefined ? '' : ` (${code})`}.`, undefined, { cause: error });
  });
  if (response.ok) return response;
  throw new RefusedError(`The archive at ${url.host} answered ${response.status}: ${(await response.text()).slice(0, 500) || response.statusText}`, response.status);
}
